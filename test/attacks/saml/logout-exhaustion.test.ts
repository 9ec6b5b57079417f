/**
 * Logout messages that are no messages: garbage, bombs, oversize. Each is the sender's fault (4xx), whatever it is.
 * CWE-409 (data amplification), CWE-776 (entity expansion), CWE-20.
 */

import { randomBytes } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { toFormValue } from "@sallyport/saml/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type LogoutTenant, type LogoutVictim, obeyed, startLogoutVictim } from "./logout-victim.ts";

let victim: LogoutVictim;
let tenant: LogoutTenant;
beforeAll(async () => {
  victim = await startLogoutVictim();
  tenant = victim.acme;
});
afterAll(() => victim.stop());

/** A whole query that the IdP itself has signed, so that its content is looked at. */
const query = (content: string) => tenant.logoutOf({ edit: () => content }).query();
const bomb = deflateRawSync(Buffer.alloc(5_000_000, "a")).toString("base64");
const ENTITIES = `<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>`;

it.each<[string, () => string, string]>([
  ["no DEFLATE", () => "SAMLRequest=AAAA", "redirect_signature_missing"],
  ["what inflates to megabytes", () => query("a".repeat(300_000)), "redirect_inflation"],
  ["what inflates, unsigned", () => `SAMLRequest=${encodeURIComponent(bomb)}`, "redirect_signature_missing"],
  ["entities", () => query(ENTITIES), "xml_doctype"],
  ["no XML", () => query("plain text"), "xml_malformed"],
  ["another message", () => query("<a/>"), "not_a_logout_message"],
])("refuses a query of %s", async (_name, message, code) => {
  expect((await tenant.bring(message())).status).toBe(400);
  expect(await tenant.lastRecord()).toMatchObject({ errorCode: code });
});

it.each<[string, string, string]>([
  ["no base64", "!", "response_base64"],
  ["entities", toFormValue(ENTITIES), "xml_doctype"],
  ["70 levels", toFormValue(`${"<a>".repeat(70)}${"</a>".repeat(70)}`), "xml_too_deep"],
  ["300 KB", toFormValue(`<a>${"a".repeat(300_000)}</a>`), "xml_too_large"],
  ["NUL", toFormValue("<a>\0</a>"), "xml_malformed"],
  ["no UTF-8", Buffer.from([0xff, 0xfe, 0x00]).toString("base64"), "xml_encoding"],
])("refuses a form of %s", async (_name, SAMLRequest, code) => {
  expect((await tenant.bring({ SAMLRequest })).status).toBe(400);
  expect(await tenant.lastRecord()).toMatchObject({ errorCode: code });
});

it("refuses a form beyond its limit unread", async () => {
  const page = await tenant.bring({ SAMLRequest: "A".repeat(600_000) });
  expect(page.status).toBe(413);
});

it("answers whatever comes with a page of the sender's fault, and listens no more after a while", async () => {
  const other = await victim.addTenant("noisy", victim.idp);
  const statuses = new Set<number>();
  for (let n = 0; n < 40; n++) {
    const noise = randomBytes(n * 7);
    const kind = n % 2 === 0 ? "SAMLRequest" : "SAMLResponse";
    const messages = [
      `${kind}=${encodeURIComponent(noise.toString("base64"))}&RelayState=${encodeURIComponent(noise.toString("latin1"))}`,
      `${kind}=${noise.toString("hex").replace(/../g, "%$&")}&SigAlg=%&Signature=%00`,
      { [kind]: noise.toString("latin1"), RelayState: "\0", sallyport_second_post: "1" },
    ];
    for (const message of messages) {
      const page = await other.bring(message);
      statuses.add(page.status);
      expect(page.body).toContain("request id");
    }
  }
  expect([...statuses].sort()).toEqual([400, 429]);
});

it.each(["PUT", "DELETE", "PATCH"])("takes no %s", async (method) => {
  expect((await fetch(tenant.sloUrl, { method })).status).toBe(405);
});

it("obeys the IdP after all that", async () => {
  expect(obeyed(await tenant.bring(tenant.logoutOf().query()))).toBe(true);
});
