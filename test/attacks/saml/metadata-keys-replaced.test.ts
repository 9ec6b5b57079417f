/**
 * All keys replaced: what the metadata URL serves has the right entity ID, and the attacker's certificates alone.
 * CWE-345, CWE-322 (key exchange without entity authentication).
 */

import { afterAll, beforeAll, expect, it } from "vitest";
import { type MetadataVictim, startMetadataVictim } from "./metadata-victim.ts";
import { newIdp } from "./victim.ts";

const idp = newIdp();
const evil = newIdp(idp.entityId);
const next = newIdp(idp.entityId);
let victim: MetadataVictim;
beforeAll(async () => {
  victim = await startMetadataVictim(idp.metadata());
});
afterAll(() => victim.stop());

it("are held back while people sign in with the ones that are known, and told once", async () => {
  expect(await victim.letsIn(idp)).toBe(true);
  victim.server.serve(evil.metadata());
  const refused = { certificates: 1, problem: "metadata_certificates_lost", heldBack: true };
  expect(await victim.refresh()).toMatchObject(refused);
  expect(await victim.refresh()).toMatchObject(refused);
  expect(await victim.letsIn(evil)).toBe(false);
  expect(await victim.letsIn(idp)).toBe(true);
  expect(await victim.events("metadata_held_back")).toBe(1);
  expect(await victim.events("metadata_applied")).toBe(0);
});

it("are held back, too, when the known certificate stands where it does not count", async () => {
  const forEncryption = evil
    .metadata({ certificates: [idp.certificate, evil.certificate] })
    .replace('use="signing"', 'use="encryption"');
  victim.server.serve(forEncryption);
  expect(await victim.refresh()).toMatchObject({ problem: "metadata_certificates_lost" });
  expect(await victim.letsIn(evil)).toBe(false);
});

it("are replaced one after the other without anyone's hand", async () => {
  victim.server.serve(idp.metadata({ certificates: [idp.certificate, next.certificate] }));
  expect(await victim.refresh()).toMatchObject({ certificates: 2, problem: undefined, heldBack: false });
  expect(await victim.letsIn(next)).toBe(true);
  victim.server.serve(next.metadata());
  expect(await victim.refresh()).toMatchObject({ certificates: 1, problem: undefined });
  expect([await victim.letsIn(next), await victim.letsIn(idp)]).toEqual([true, false]);
});
