/**
 * Expired metadata: old metadata, genuine and signed, is served again to bring a retired key back, which the attacker has
 * got hold of meanwhile.
 * SAML 2.0 Metadata, section 2.3.2 (`validUntil`); CWE-294, CWE-324.
 */

import { afterAll, beforeAll, expect, it } from "vitest";
import { type MetadataVictim, startMetadataVictim } from "./metadata-victim.ts";
import { newIdp } from "./victim.ts";

const DAY = 24 * 3_600_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY);

const federation = newIdp("https://federation.example.test");
const idp = newIdp();
const retired = newIdp(idp.entityId);
const { signer } = federation;
const old = { certificates: [idp.certificate, retired.certificate], signer };

let victim: MetadataVictim;
beforeAll(async () => {
  const metadataCertificates = [federation.certificate];
  victim = await startMetadataVictim(idp.metadata({ signer, validUntil: inDays(7) }), {
    metadataCertificates,
  });
});
afterAll(() => victim.stop());

it("brings no retired key back", async () => {
  victim.server.serve(idp.metadata({ ...old, validUntil: inDays(-1) }));
  expect(await victim.refresh()).toMatchObject({ certificates: 1, problem: "metadata_expired" });
  expect([await victim.letsIn(retired), await victim.letsIn(idp)]).toEqual([false, true]);
});

it("gains no time from a validUntil that is taken away or moved", async () => {
  const expired = idp.metadata({ ...old, validUntil: inDays(-1) });
  for (const changed of [
    expired.replace(/ validUntil="[^"]+"/, ""),
    expired.replace(/validUntil="[^"]+"/, `validUntil="${inDays(7).toISOString()}"`),
  ]) {
    victim.server.serve(changed);
    expect(await victim.refresh()).toMatchObject({ certificates: 1, problem: "digest_mismatch" });
  }
  expect(await victim.letsIn(retired)).toBe(false);
});

it("is no obstacle while it is valid", async () => {
  victim.server.serve(idp.metadata({ ...old, validUntil: inDays(1) }));
  expect(await victim.refresh()).toMatchObject({ certificates: 2, problem: undefined });
});
