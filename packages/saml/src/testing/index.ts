export { type Encryption, encryptAssertion } from "./encrypt.ts";
export {
  createTestIdp,
  escapeXml,
  fromFormValue,
  newRsaKey,
  type TestIdp,
  type TestIdpOptions,
  type TestLogin,
  type TestStatus,
  toFormValue,
} from "./idp.ts";
export { createScenario, type Scenario } from "./scenario.ts";
export {
  certificateBase64,
  digestOf,
  insertAfterIssuer,
  keyInfoXml,
  type Signer,
  signatureXml,
  signElement,
  signedInfoXml,
} from "./sign.ts";
