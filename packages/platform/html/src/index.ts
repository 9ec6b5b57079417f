export { type Html, html, raw } from "./html.ts";
export { type Page, pageHeaders, renderPage } from "./page.ts";
