import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { de } from "./de.ts";
import { en, type Texts } from "./en.ts";

export const LANGUAGES = { en, de } as const satisfies Record<string, Texts>;
export type Language = keyof typeof LANGUAGES;

interface Current {
  readonly language: Language;
  readonly texts: Texts;
  choose(language: Language): void;
}

const STORED = "sallyport-language";
const Context = createContext<Current>({ language: "en", texts: en, choose: () => undefined });

const isLanguage = (name: string): name is Language => Object.hasOwn(LANGUAGES, name);

/** The language that was chosen here before, else the browser's, else English. */
export function detectLanguage(): Language {
  const wished = [localStorage.getItem(STORED) ?? "", ...navigator.languages.map((tag) => tag.slice(0, 2))];
  return wished.find(isLanguage) ?? "en";
}

export function TextsProvider(props: { readonly language: Language; readonly children: ReactNode }) {
  const [language, setLanguage] = useState(props.language);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const choose = (chosen: Language) => {
    localStorage.setItem(STORED, chosen);
    setLanguage(chosen);
  };
  return <Context value={{ language, texts: LANGUAGES[language], choose }}>{props.children}</Context>;
}

/** The texts of the language that is shown. */
export function useTexts(): Texts {
  return useContext(Context).texts;
}

export function useLanguage(): Current {
  return useContext(Context);
}
