import "@fontsource-variable/inter/index.css";
import "@fontsource-variable/geist-mono/index.css";
import "@mantine/core/styles.css";
import "./style.css";
import { MantineProvider } from "@mantine/core";
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { LanguageProvider } from "./texts/language.tsx";
import { cssVariables, theme } from "./theme.ts";

/** Puts a page into the document, with what every page needs: theme, language, and a cache of the API's answers. */
export function mount(page: ReactNode, queries: QueryClient): void {
  const root = document.getElementById("root");
  if (root === null) {
    throw new Error("The document has no #root");
  }
  // The Content-Security-Policy takes style elements that carry this alone.
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
  createRoot(root).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariables}
        defaultColorScheme="auto"
        getStyleNonce={() => nonce}
      >
        <QueryClientProvider client={queries}>
          <LanguageProvider>{page}</LanguageProvider>
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
