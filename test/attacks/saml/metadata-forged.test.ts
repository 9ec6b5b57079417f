/**
 * Forged metadata: the connection has a certificate for its metadata, and what comes is unsigned, signed by somebody else,
 * changed after it was signed, or wrapped around what was signed.
 * CWE-347; SAML 2.0 Metadata, section 3; McIntosh, Austel: XML signature element wrapping attacks and countermeasures
 * (SWS 2005).
 */

import { afterAll, beforeAll, expect, it } from "vitest";
import { type MetadataVictim, startMetadataVictim } from "./metadata-victim.ts";
import { newIdp } from "./victim.ts";

const federation = newIdp("https://federation.example.test");
const idp = newIdp();
const next = newIdp(idp.entityId);
const evil = newIdp(idp.entityId);
const signer = federation.signer;
const both = (other: typeof idp) => ({ certificates: [idp.certificate, other.certificate] });
const honest = idp.metadata({ signer });

let victim: MetadataVictim;
beforeAll(async () => {
  victim = await startMetadataVictim(honest, { metadataCertificates: [federation.certificate] });
});
afterAll(() => victim.stop());

const wrapped = (...parts: string[]) =>
  `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" ID="_metadata">${parts.join("")}</md:EntitiesDescriptor>`;
const [signature = ""] = /<ds:Signature .*<\/ds:Signature>/s.exec(honest) ?? [];
const unsignedEvil = idp.metadata(both(evil));

it.each([
  ["unsigned", unsignedEvil, "signature_missing"],
  [
    "signed with the identity provider's own key",
    idp.metadata({ ...both(evil), signer: idp.signer }),
    "signature_invalid",
  ],
  [
    "signed with the attacker's key",
    idp.metadata({ ...both(evil), signer: evil.signer }),
    "signature_invalid",
  ],
  [
    "signed with the attacker's key, showing the right certificate",
    idp.metadata({ ...both(evil), signer: { ...evil.signer, certificate: federation.certificate } }),
    "signature_invalid",
  ],
  ["changed after it was signed", honest.replaceAll("/sso", "/evil"), "digest_mismatch"],
  [
    "under a signature of other metadata",
    unsignedEvil
      .replace("<md:IDPSSO", `${signature}<md:IDPSSO`)
      .replace("entityID", 'ID="_metadata" entityID'),
    "digest_mismatch",
  ],
  [
    "around what was signed",
    wrapped(unsignedEvil, honest.replace("_metadata", "_other")),
    "signature_missing",
  ],
  [
    "around what was signed, with its signature",
    wrapped(signature, unsignedEvil, honest.replace(signature, "").replace(' ID="_metadata"', "")),
    "digest_mismatch",
  ],
])("is not followed: %s", async (_name, metadata, problem) => {
  victim.server.serve(metadata);
  expect(await victim.refresh()).toMatchObject({ certificates: 1, problem, heldBack: false });
  expect([await victim.letsIn(evil), await victim.letsIn(idp)]).toEqual([false, true]);
});

it("is not taken by hand either, as long as the certificate is set", async () => {
  const path = `/organizations/acme/connections/${victim.tenant.connectionId}`;
  const patch = (saml: object) => victim.site.gateway.api("PATCH", path, { saml });
  expect((await patch({ metadataXml: unsignedEvil })).status).toBe(400);
  expect(await victim.letsIn(evil)).toBe(false);
});

it("is followed when its signature is the right one", async () => {
  victim.server.serve(idp.metadata({ ...both(next), signer }));
  expect(await victim.refresh()).toMatchObject({ certificates: 2, problem: undefined });
  expect(await victim.letsIn(next)).toBe(true);
});
