/**
 * A key beside the others: whoever controls what an unsigned metadata URL serves adds a key of their own, signs in with
 * it, and takes the organization's key away. CWE-345, CWE-322.
 *
 * Metadata that nobody signs is believed for where it comes from. Whoever wants more says who signs it, or holds changes.
 */

import { afterEach, expect, it } from "vitest";
import { z } from "zod";
import { type MetadataVictim, startMetadataVictim } from "./metadata-victim.ts";
import { newIdp } from "./victim.ts";

const idp = newIdp();
const evil = newIdp(idp.entityId);
const beside = idp.metadata({ certificates: [idp.certificate, evil.certificate] });

let victim: MetadataVictim;
afterEach(() => victim.stop());

const certificates = z.array(z.string());
const applied = z.object({
  items: z.array(
    z.object({ data: z.object({ certificatesBefore: certificates, certificatesAfter: certificates }) }),
  ),
});
const held = z.object({
  saml: z.object({
    certificates: z.array(z.object({ fingerprint: z.string() })),
    metadata: z.object({
      heldBack: z.object({
        digest: z.string(),
        changes: z.object({ certificatesAdded: z.array(z.object({ fingerprint: z.string() })) }),
      }),
    }),
  }),
});

const pathOf = ({ tenant }: MetadataVictim) =>
  `/organizations/${tenant.slug}/connections/${tenant.connectionId}`;

it("is announced with what was trusted before and is trusted since", async () => {
  victim = await startMetadataVictim(idp.metadata());
  victim.server.serve(beside);
  expect(await victim.refresh()).toMatchObject({ certificates: 2, problem: undefined });
  const path = `/organizations/${victim.tenant.slug}/audit-events?type=connection.metadata_applied`;
  const { items } = applied.parse((await victim.site.gateway.api("GET", path)).body);
  const [before, after] = [items[0]?.data.certificatesBefore ?? [], items[0]?.data.certificatesAfter ?? []];
  expect([items.length, before.length, after.length]).toEqual([1, 1, 2]);
  expect(after).toContain(before[0]);
});

it("is not followed where it comes from another host than the metadata URL's", async () => {
  victim = await startMetadataVictim(idp.metadata());
  const elsewhere = await startMetadataVictim(beside);
  victim.server.serve((_req, res) => res.writeHead(302, { location: elsewhere.server.url }).end());
  expect(await victim.refresh()).toMatchObject({ certificates: 1, problem: "metadata_unavailable" });
  expect([await victim.letsIn(evil), await victim.letsIn(idp)]).toEqual([false, true]);
  await elsewhere.stop();
});

it("is not followed where the connection holds every change", async () => {
  victim = await startMetadataVictim(idp.metadata(), { holdMetadataChanges: true });
  victim.server.serve(beside);
  const refused = { certificates: 1, problem: "metadata_changes_held", heldBack: true };
  expect(await victim.refresh()).toMatchObject(refused);
  expect(await victim.refresh()).toMatchObject(refused);
  expect([await victim.letsIn(evil), await victim.letsIn(idp)]).toEqual([false, true]);
  expect([await victim.events("metadata_held_back"), await victim.events("metadata_applied")]).toEqual([
    1, 0,
  ]);
});

it("is not followed where nobody signed it, though the connection says who does", async () => {
  const federation = newIdp("https://federation.example.test");
  victim = await startMetadataVictim(idp.metadata({ signer: federation.signer }), {
    metadataCertificates: [federation.certificate],
  });
  victim.server.serve(beside);
  expect(await victim.refresh()).toMatchObject({ certificates: 1, problem: "signature_missing" });
  expect(await victim.letsIn(evil)).toBe(false);
});

it("is followed once somebody has looked at it, and nothing else is", async () => {
  const next = newIdp(idp.entityId);
  victim = await startMetadataVictim(idp.metadata(), { holdMetadataChanges: true });
  victim.server.serve(idp.metadata({ certificates: [idp.certificate, next.certificate] }));
  await victim.refresh();
  const { gateway } = victim.site;
  const shown = held.parse((await gateway.api("GET", pathOf(victim))).body).saml.metadata.heldBack;
  expect(shown.changes.certificatesAdded).toHaveLength(1);
  // What is applied is what was looked at, whatever the URL has come to serve meanwhile.
  victim.server.serve(beside);
  await victim.refresh();
  const apply = (digest: string) => gateway.api("POST", `${pathOf(victim)}/metadata/apply`, { digest });
  expect(await apply(shown.digest)).toMatchObject({ status: 409, body: { code: "metadata_not_held_back" } });
  victim.server.serve(idp.metadata({ certificates: [idp.certificate, next.certificate] }));
  await victim.refresh();
  expect((await apply(shown.digest)).status).toBe(200);
  expect([await victim.letsIn(next), await victim.letsIn(evil)]).toEqual([true, false]);
});
