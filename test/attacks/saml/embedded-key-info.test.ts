/**
 * Embedded KeyInfo: the message brings the key that verifies it.
 * CVE-2024-32962 (xml-crypto), CVE-2021-21239 (PySAML2).
 */

import { createScenario, createTestIdp } from "@sallyport/saml/testing";
import { describe, expect, it } from "vitest";

const scenario = createScenario();
const attacker = createTestIdp({ entityId: scenario.idp.entityId });

describe.each(["assertion", "response", "both"] as const)("signed over: %s", (sign) => {
  it("accepts the IdP's key, whatever certificate KeyInfo shows", () => {
    const response = scenario.respond({ sign, signer: { certificate: attacker.certificate } });
    expect(scenario.validate(response)).toMatchObject({ ok: true });
  });

  it("refuses the attacker's key with the attacker's certificate in KeyInfo", () => {
    const response = attacker.signResponse({ ...scenario.login, sign });
    expect(scenario.validate(response)).toMatchObject({ ok: false, code: "signature_invalid" });
  });

  it("refuses the attacker's key with the IdP's certificate in KeyInfo", () => {
    const signer = { certificate: scenario.idp.certificate };
    const response = attacker.signResponse({ ...scenario.login, sign, signer });
    expect(scenario.validate(response)).toMatchObject({ ok: false, code: "signature_invalid" });
  });
});
