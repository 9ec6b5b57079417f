export { type ChooserPage, renderChooserPage } from "./chooser-page.ts";
export { type ErrorPage, type LeaveForm, renderErrorPage } from "./error-page.ts";
export { sendAutoPost, sendOn, sendPage } from "./send.ts";
export { renderSignedOutPage } from "./signed-out-page.ts";
export { renderWorkEmailPage, type WorkEmailPage } from "./work-email-page.ts";
