export { answerSaml, postSaml, readSamlRequest, startSaml } from "./saml-login.ts";
export { createSignInFixture, type SignInFixture } from "./sign-in-fixture.ts";
