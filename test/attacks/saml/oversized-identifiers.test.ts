/**
 * Oversized identifiers: an IdP, or who has taken one over, makes the service provider fail by what it has to remember:
 * identifiers longer than an index can hold.
 * CWE-770; SAML 2.0 Core §1.3.4 (128 to 160 random bits are enough for an ID), §8.3.7 (a persistent identifier has at
 * most 256 characters).
 */

import { afterAll, beforeAll, expect, it } from "vitest";
import { type SamlSite, type SamlTenant, startSamlSite } from "../../harness/saml-site.ts";
import { answer, letIn, newIdp, signIn } from "./victim.ts";

const idp = newIdp();
let site: SamlSite;
let tenant: SamlTenant;
beforeAll(async () => {
  site = await startSamlSite();
  tenant = await site.addTenant("acme", { metadataXml: idp.metadata() });
});
afterAll(() => site.stop());

/** Nothing that could be compressed. */
const noise = (length: number, first: number, count: number) =>
  Array.from({ length }, (_, at) => String.fromCodePoint(first + ((at * 7919 + at ** 3) % count))).join("");

const attempt = (login: object) =>
  signIn(tenant, site.newBrowser(), (departure) => answer(tenant, idp, departure, login));

it("accepts IDs and names of the longest allowed length", async () => {
  const assertionId = `_${noise(255, 97, 26)}`;
  const { page } = await attempt({ assertionId, nameId: noise(341, 0x4e00, 20_000) });
  expect(letIn(page)).toBe(true);
});

it.each([
  ["an assertion's ID", { assertionId: `_${noise(4000, 97, 26)}` }, 400, "id_too_long"],
  ["a response's ID", { responseId: `_${noise(4000, 97, 26)}` }, 400, "id_too_long"],
  ["a NameID in bytes", { nameId: noise(342, 0x4e00, 20_000) }, 403, "subject_unusable"],
  ["a NameID in characters", { nameId: noise(1025, 97, 26) }, 403, "subject_unusable"],
] as const)("refuses %s that is longer", async (_, login, status, errorCode) => {
  expect((await attempt(login)).page.status).toBe(status);
  expect(await tenant.lastRecord()).toMatchObject({ outcome: "failure", errorCode });
});
