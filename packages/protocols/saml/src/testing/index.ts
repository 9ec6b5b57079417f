export {
  certificateBase64,
  digestOf,
  insertAfterIssuer,
  keyInfoXml,
  type Signer,
  signatureXml,
  signElement,
  signedInfoXml,
} from "../signature/sign.ts";
export { escapeXml } from "../xml/write.ts";
export { type Encryption, encryptAssertion, type Oaep } from "./encrypt.ts";
export { createTestIdp, newRsaKey, type TestIdp, type TestIdpOptions, type TestLogin } from "./idp.ts";
export type { TestLogoutMessage, TestLogoutRequest, TestLogoutResponse } from "./logout.ts";
export { fromFormValue, type TestStatus, toFormValue } from "./markup.ts";
export { signMetadata, type TestMetadata } from "./metadata.ts";
export { createScenario, type Scenario } from "./scenario.ts";
