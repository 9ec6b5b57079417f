import { createContext, type ReactNode, use, useEffect, useState } from "react";

/** The languages of the pages, by their own names. */
export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof LANGUAGES;

/** Texts in every language. The English ones say which there are. */
export type Catalogue<Texts> = Readonly<Record<Language, Texts>>;

interface Current {
  readonly language: Language;
  choose(language: Language): void;
}

const STORED = "sallyport-language";
const Context = createContext<Current>({ language: "en", choose: () => undefined });

const isLanguage = (name: string): name is Language => Object.hasOwn(LANGUAGES, name);

/** The language that was chosen here before, else the browser's, else English. */
function detectLanguage(): Language {
  const wished = [localStorage.getItem(STORED) ?? "", ...navigator.languages.map((tag) => tag.slice(0, 2))];
  return wished.find(isLanguage) ?? "en";
}

export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(detectLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const choose = (chosen: Language) => {
    localStorage.setItem(STORED, chosen);
    setLanguage(chosen);
  };
  return <Context value={{ language, choose }}>{children}</Context>;
}

export function useLanguage(): Current {
  return use(Context);
}

/** The texts of the language that is shown. */
export function useCatalogue<Texts>(catalogue: Catalogue<Texts>): Texts {
  return catalogue[use(Context).language];
}
