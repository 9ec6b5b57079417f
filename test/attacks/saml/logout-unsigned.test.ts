/**
 * Logout requests that no key of the IdP's has signed: whoever knows an address could sign everybody out.
 * SAML 2.0 Profiles §4.4.3.1, §4.4.4.1 (the message MUST be authenticated); CVE-2022-39299 family (signatures that are
 * optional); CVE-2018-7340 on what a skipped signature leads to.
 */

import { createHmac } from "node:crypto";
import { createTestIdp, newRsaKey, signElement, toFormValue } from "@sallyport/saml/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LogoutVictim, obeyed, type Person, startLogoutVictim } from "./logout-victim.ts";

let victim: LogoutVictim;
let person: Person;
beforeAll(async () => {
  victim = await startLogoutVictim();
  person = await victim.acme.signIn();
});
afterAll(() => victim.stop());

const HMAC = "http://www.w3.org/2000/09/xmldsig#hmac-sha1";
const unsigned = (query: string) => query.replace(/&SigAlg=.*/, "");

/** Signed with the IdP's certificate as an HMAC key: anybody has it. */
function hmacSigned(query: string): string {
  const signed = `${unsigned(query)}&SigAlg=${encodeURIComponent(HMAC)}`;
  const value = createHmac("sha1", victim.idp.certificate).update(signed).digest("base64");
  return `${signed}&Signature=${encodeURIComponent(value)}`;
}

describe("over HTTP-Redirect", () => {
  const query = (of = victim.acme.logoutOf()) => of.query("state");
  const forger = newRsaKey();

  it.each<[string, () => string, string]>([
    ["no signature", () => unsigned(query()), "redirect_signature_missing"],
    [
      "an algorithm and no signature",
      () => query().replace(/&Signature=.*/, ""),
      "redirect_signature_missing",
    ],
    [
      "a signature and no algorithm",
      () => query().replace(/&SigAlg=[^&]*/, ""),
      "redirect_signature_missing",
    ],
    ["an empty signature", () => query().replace(/&Signature=.*/, "&Signature="), "redirect_malformed"],
    ["the algorithm none", () => query().replace(/SigAlg=[^&]*/, "SigAlg=none"), "signature_algorithm"],
    ["an HMAC keyed with the certificate", () => hmacSigned(query()), "signature_algorithm"],
    [
      "somebody else's key",
      () => query(victim.acme.logoutOf({ signer: { privateKey: forger } })),
      "redirect_signature_invalid",
    ],
    [
      "a signature in the message instead",
      () => {
        const { id, xml } = victim.acme.logoutOf();
        const edit = () => signElement(xml, id, victim.idp.signer);
        return unsigned(victim.acme.logoutOf({ id, edit }).query());
      },
      "redirect_signature_missing",
    ],
  ])("refuses %s", async (_name, forged, code) => {
    const page = await victim.acme.bring(forged());
    expect([page.status, page.location]).toEqual([400, ""]);
    expect(await victim.acme.lastRecord()).toMatchObject({ outcome: "failure", errorCode: code });
    expect(await victim.isLive(person)).toBe(true);
  });
});

describe("over HTTP-POST", () => {
  const stranger = createTestIdp();

  it.each<[string, () => string, string]>([
    ["no signature", () => toFormValue(victim.acme.logoutOf().xml), "signature_missing"],
    [
      "somebody else's key, whose certificate comes along",
      () => victim.acme.logoutOf({ signer: stranger.signer }).formValue(),
      "signature_invalid",
    ],
    [
      "a signature of SHA-1",
      () =>
        victim.acme
          .logoutOf({ signer: { signatureAlgorithm: "http://www.w3.org/2000/09/xmldsig#rsa-sha1" } })
          .formValue(),
      "signature_sha1",
    ],
  ])("refuses %s", async (_name, forged, code) => {
    const page = await victim.acme.bring({ SAMLRequest: forged(), RelayState: "state" });
    expect([page.status, page.location]).toEqual([400, ""]);
    expect(await victim.acme.lastRecord()).toMatchObject({ outcome: "failure", errorCode: code });
    expect(await victim.isLive(person)).toBe(true);
  });

  it("refuses a query's signature beside a form", async () => {
    const { xml } = victim.acme.logoutOf();
    const signed = new URLSearchParams(victim.acme.logoutOf().query("state"));
    const fields = { ...Object.fromEntries(signed), SAMLRequest: toFormValue(xml) };
    expect((await victim.acme.bring(fields)).status).toBe(400);
    expect(await victim.acme.lastRecord()).toMatchObject({ errorCode: "signature_missing" });
    expect(await victim.isLive(person)).toBe(true);
  });
});

it("obeys what the IdP signed, over either binding", async () => {
  expect(obeyed(await victim.acme.bring(victim.acme.logoutOf().query("state")))).toBe(true);
  expect(await victim.isLive(person)).toBe(false);
  const next = await victim.acme.signIn();
  expect(obeyed(await victim.acme.bring({ SAMLRequest: victim.acme.logoutOf().formValue() }))).toBe(true);
  expect(await victim.isLive(next)).toBe(false);
});
