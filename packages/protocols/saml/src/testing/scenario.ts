import { validateResponse } from "../login/validate.ts";
import { selfSignedCertificate } from "../signature/self-signed.ts";
import type { SamlExpectations, SamlResult, ValidateResponseInput } from "../types.ts";
import { createTestIdp, newRsaKey, type TestIdp, type TestLogin } from "./idp.ts";

/** A good login with all that it takes to validate it: tests change one thing of it and see what happens. */
export interface Scenario {
  readonly idp: TestIdp;
  /** The service provider's decryption key pair, PEM. */
  readonly decryptionKey: string;
  readonly encryptionCertificate: string;
  readonly expected: SamlExpectations;
  readonly now: Date;
  readonly login: TestLogin;
  /** A form value, signed by the IdP. */
  respond(changes?: Partial<TestLogin>): string;
  validate(response: string, changes?: Partial<ValidateResponseInput>): SamlResult;
}

/** A login at an IdP of its own, valid in every respect. */
export function createScenario(): Scenario {
  const idp = createTestIdp();
  const spKey = newRsaKey();
  const now = new Date("2026-06-01T12:00:00Z");
  const expected = {
    idpEntityId: idp.entityId,
    audience: "https://sp.example.test/saml",
    acsUrl: "https://sp.example.test/saml/acs",
    inResponseTo: "_request",
  };
  const login: TestLogin = {
    ...expected,
    now,
    responseId: "_response",
    assertionId: "_assertion",
    nameId: "jo@example.test",
    attributes: { email: "jo@example.test", groups: ["Engineering", "R&D"] },
  };
  const decryptionKey = spKey.export({ type: "pkcs8", format: "pem" }).toString();
  return {
    idp,
    decryptionKey,
    encryptionCertificate: selfSignedCertificate({
      privateKey: spKey,
      commonName: "sp.example.test",
      notBefore: new Date("2024-01-01T00:00:00Z"),
      notAfter: new Date("2044-01-01T00:00:00Z"),
    }),
    expected,
    now,
    login,
    respond: (changes = {}) => idp.signResponse({ ...login, ...changes }),
    validate: (response, changes = {}) =>
      validateResponse({
        response,
        expected,
        certificates: [idp.certificate],
        decryptionKeys: [decryptionKey],
        now,
        ...changes,
      }),
  };
}
