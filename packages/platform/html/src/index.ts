export { type Html, html, raw } from "./html.ts";
export { type Page, pageHeaders, renderPage } from "./page.ts";
export { type BrandLogo, brandLogo } from "./pages/brand-logo.ts";
export { type AbortForm, type ErrorPage, renderErrorPage } from "./pages/error-page.ts";
export { helpNote } from "./pages/help-note.ts";
export { sendAutoPost, sendOn, sendPage } from "./pages/send.ts";
export { renderSignedOutPage } from "./pages/signed-out-page.ts";
