import { de } from "./de.ts";
import { en, type Texts } from "./en.ts";
import { useCatalogue } from "./language.tsx";

const SETUP_TEXTS = { en, de };

/** The setup portal's texts, in the language that is shown. */
export function useTexts(): Texts {
  return useCatalogue(SETUP_TEXTS);
}

export { LANGUAGES, type Language, useLanguage } from "./language.tsx";
