// For tests and the bench alone: it is exported as source, so what is built cannot import it.
export { type Browser, createBrowser, followWithin, submitForm } from "./browser.ts";
export { CookieJar, type HeldCookie } from "./cookie-jar.ts";
export { type Answer, type Call, createHttp, expectStatus, type Http } from "./http.ts";
export { type Form, formOf, Page } from "./page.ts";
