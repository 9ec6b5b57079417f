import type { Language } from "../../texts/texts.tsx";
import type { GuideTexts, StepText } from "../guide.ts";
import { de } from "./de.ts";
import { en } from "./en.ts";

const TEXTS: Readonly<Record<Language, GuideTexts>> = { en, de };

/** The sentences of a step (`okta.saml.create`) in a language. */
export function guideText(language: Language, name: string): StepText {
  return TEXTS[language][name] ?? en[name] ?? { title: name, body: "" };
}
