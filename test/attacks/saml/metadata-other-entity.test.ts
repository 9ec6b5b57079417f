/**
 * Metadata of another entity: whoever can change what the metadata URL serves puts an identity provider of their own in
 * the place of the organization's.
 * SAML 2.0 Metadata Interoperability Profile (whoever is in the metadata is trusted, for nothing but that); CWE-345.
 */

import { afterAll, beforeAll, expect, it } from "vitest";
import { type MetadataVictim, startMetadataVictim } from "./metadata-victim.ts";
import { newIdp } from "./victim.ts";

const idp = newIdp();
const next = newIdp(idp.entityId);
const evil = newIdp("https://evil.example.test/metadata");
let victim: MetadataVictim;
beforeAll(async () => {
  victim = await startMetadataVictim(idp.metadata());
});
afterAll(() => victim.stop());

const federation = (...entities: string[]) =>
  `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${entities.join("")}</md:EntitiesDescriptor>`;

it.each([
  ["in its place", evil.metadata(), "metadata_entity_changed"],
  ["in its place, in a federation of one", federation(evil.metadata()), "metadata_entity_changed"],
  [
    "in its place, in a federation",
    federation(evil.metadata(), newIdp("urn:third").metadata()),
    "metadata_entity_unknown",
  ],
  ["with its name in another case", evil.metadata().replace(evil.entityId, idp.entityId.toUpperCase())],
  ["with its name and a slash", evil.metadata().replace(evil.entityId, `${idp.entityId}/`)],
])("is not followed %s", async (_name, metadata, problem = "metadata_entity_changed") => {
  victim.server.serve(metadata);
  expect(await victim.refresh()).toMatchObject({ idpEntityId: idp.entityId, certificates: 1, problem });
  expect(await victim.letsIn(evil)).toBe(false);
  expect(await victim.letsIn(idp)).toBe(true);
});

it("is not chosen from beside the organization's own", async () => {
  victim.server.serve(federation(evil.metadata(), idp.metadata()));
  expect(await victim.refresh()).toMatchObject({ idpEntityId: idp.entityId, problem: undefined });
  expect(await victim.letsIn(evil)).toBe(false);
});

it("does not keep the connection from its own identity provider's next key", async () => {
  victim.server.serve(idp.metadata({ certificates: [idp.certificate, next.certificate] }));
  expect(await victim.refresh()).toEqual({
    ...{ idpEntityId: idp.entityId, certificates: 2, problem: undefined, heldBack: false },
  });
  expect([await victim.letsIn(idp), await victim.letsIn(next)]).toEqual([true, true]);
});
