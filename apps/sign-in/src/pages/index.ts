export { type ChooserPage, renderChooserPage } from "./chooser-page.ts";
export { renderWorkEmailPage, type WorkEmailPage } from "./work-email-page.ts";
