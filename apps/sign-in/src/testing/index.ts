export { createTestBrowser, type TestBrowser, type Visit } from "./browser.ts";
export { answerSaml, postSaml, readSamlRequest, startSaml } from "./saml-login.ts";
export { createSignInFixture, type SignInFixture } from "./sign-in-fixture.ts";
