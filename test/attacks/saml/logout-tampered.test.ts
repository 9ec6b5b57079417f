/**
 * Logout requests that the IdP signed and somebody changed: another person's name, more sessions than were meant, a
 * second message around the signed one, markup that parsers read differently.
 * Somorovsky et al.: On Breaking SAML (2012); CVE-2017-11427 family (comments); CVE-2025-25291, -25292.
 */

import { fromFormValue, toFormValue } from "@sallyport/saml/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type LogoutVictim, obeyed, type Person, startLogoutVictim } from "./logout-victim.ts";

let victim: LogoutVictim;
let jo: Person;
let ann: Person;
beforeAll(async () => {
  victim = await startLogoutVictim();
  jo = await victim.acme.signIn({ nameId: "jo@acme.example.test", sessionIndex: "_jo" });
  ann = await victim.acme.signIn({ nameId: "ann@acme.example.test", sessionIndex: "_ann" });
});
afterAll(() => victim.stop());

const honest = () =>
  victim.acme.logoutOf({ nameId: "nobody@acme.example.test", sessionIndexes: ["_jo"], id: "_honest" });
const posted = (change: (xml: string) => string) => () => {
  const xml = fromFormValue(honest().formValue());
  const changed = change(xml);
  if (changed === xml) {
    throw new Error("nothing was changed");
  }
  return { SAMLRequest: toFormValue(changed) };
};
const NAME = "nobody@acme.example.test";

/** XSW: a forged request as root, the signed one inside it, the signature on either of them. */
const wrapped = (inside: (forged: string, original: string) => string) =>
  posted((xml) => {
    const forged = xml
      .replace(/<ds:Signature .*<\/ds:Signature>/, "")
      .replace("_honest", "_forged")
      .replace(NAME, "ann@acme.example.test");
    return inside(forged, xml);
  });

it.each<[string, () => string | Record<string, string>, string]>([
  ["another name", posted((xml) => xml.replace(NAME, "ann@acme.example.test")), "digest_mismatch"],
  [
    "the session index taken out",
    posted((xml) => xml.replace(/<samlp:SessionIndex>.*<\/samlp:SessionIndex>/, "")),
    "digest_mismatch",
  ],
  [
    "a session index put in",
    posted((xml) => xml.replace("</samlp:LogoutRequest>", "<samlp:SessionIndex>_ann</samlp:SessionIndex>$&")),
    "digest_mismatch",
  ],
  [
    "a comment in the name",
    posted((xml) => xml.replace(NAME, "ann<!---->@acme.example.test")),
    "xml_comment",
  ],
  ["a DOCTYPE", posted((xml) => `<!DOCTYPE x [<!ENTITY a "ann">]>${xml}`), "xml_doctype"],
  [
    "the signed request inside a forged one",
    wrapped((forged, original) => forged.replace("</samlp:LogoutRequest>", `${original}$&`)),
    "signature_missing",
  ],
  [
    "the signed request in the extensions of a forged one that has its signature",
    wrapped((forged, original) => {
      const [signature = ""] = /<ds:Signature .*<\/ds:Signature>/.exec(original) ?? [];
      const inner = original.replace(signature, "");
      return forged.replace("</saml:Issuer>", `$&${signature}<samlp:Extensions>${inner}</samlp:Extensions>`);
    }),
    "signature_reference_mismatch",
  ],
  [
    "the signed request in an Object of the signature",
    wrapped((forged, original) => {
      const [signature = ""] = /<ds:Signature .*<\/ds:Signature>/.exec(original) ?? [];
      const object = `<ds:Object>${original.replace(signature, "")}</ds:Object></ds:Signature>`;
      return forged.replace("</saml:Issuer>", `$&${signature.replace("</ds:Signature>", object)}`);
    }),
    "signature_malformed",
  ],
  [
    "a query whose message was exchanged",
    () => {
      const [, forged = ""] = /SAMLRequest=([^&]*)/.exec(victim.acme.logoutOf().query()) ?? [];
      return honest()
        .query()
        .replace(/SAMLRequest=[^&]*/, `SAMLRequest=${forged}`);
    },
    "redirect_signature_invalid",
  ],
  [
    "a query whose relay state was exchanged",
    () => honest().query("a").replace("RelayState=a", "RelayState=b"),
    "redirect_signature_invalid",
  ],
])("refuses %s", async (_name, message, code) => {
  const page = await victim.acme.bring(message());
  expect([page.status, page.location]).toEqual([400, ""]);
  expect(await victim.acme.lastRecord()).toMatchObject({ outcome: "failure", errorCode: code });
  expect([await victim.isLive(jo), await victim.isLive(ann)]).toEqual([true, true]);
});

it("obeys the request that was changed above, as the IdP signed it: it names nobody", async () => {
  expect(obeyed(await victim.acme.bring({ SAMLRequest: honest().formValue() }))).toBe(true);
  expect([await victim.isLive(jo), await victim.isLive(ann)]).toEqual([true, true]);
});

it("ends one person's one session where the IdP names that", async () => {
  const request = victim.acme.logoutOf({ nameId: "jo@acme.example.test", sessionIndexes: ["_jo"] });
  expect(obeyed(await victim.acme.bring({ SAMLRequest: request.formValue() }))).toBe(true);
  expect([await victim.isLive(jo), await victim.isLive(ann)]).toEqual([false, true]);
});
