/**
 * Metadata that exhausts: too large, endless, slow, deep, full of entities or of certificates. It costs its own connection
 * a refresh, and nobody anything else.
 * CWE-400, CWE-405, CWE-776 (entity expansion).
 */

import type { RequestListener } from "node:http";
import { selfSignedCertificate } from "@sallyport/saml";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type MetadataVictim, startMetadataVictim } from "./metadata-victim.ts";
import { newIdp } from "./victim.ts";

const idp = newIdp();
const next = newIdp(idp.entityId);
let victim: MetadataVictim;
beforeAll(async () => {
  victim = await startMetadataVictim(idp.metadata());
});
afterAll(() => victim.stop());

const ROOT = '<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">';
/** More than is parsed as a whole, with the IdP's own metadata at its end. */
const federation = (member: string) =>
  `${ROOT}${'<md:EntityDescriptor entityID="https://other.example.test"/>'.repeat(50_000)}${member}</md:EntitiesDescriptor>`;
const bloated = idp.metadata().replace(">", `><!--${"x".repeat(3_000_000)}-->`);

/** Writes for as long as it is listened to. */
const endless =
  (piece: string): RequestListener =>
  (_req, res) => {
    const write = () => {
      while (!res.destroyed && res.write(piece)) {}
    };
    res.on("drain", write);
    res.write(piece.startsWith("<") ? ROOT : " ");
    write();
  };
const silent: RequestListener = () => undefined;
const drip: RequestListener = (_req, res) => {
  const timer = setInterval(() => res.write(" "), 200);
  res.once("close", () => clearInterval(timer));
};
const entities = `<!DOCTYPE md [<!ENTITY a "${"a".repeat(1_000)}"><!ENTITY b "${"&a;".repeat(1_000)}">]>`;
const manyCertificates = Array.from({ length: 50 }, (_, n) =>
  selfSignedCertificate({
    ...{ privateKey: idp.privateKey, commonName: `${n}` },
    ...{ notBefore: new Date(0), notAfter: new Date("2040-01-01T00:00:00Z") },
  }),
);

it.each<[string, string | RequestListener, string]>([
  ["three megabytes of one entity", bloated, "xml_too_large"],
  ["a federation of which it is no member", federation(""), "metadata_entity_unknown"],
  ["a federation with a document type", `<!DOCTYPE md>${federation(idp.metadata())}`, "xml_doctype"],
  ["space without end", endless(" ".repeat(65_536)), "metadata_unavailable"],
  ["text without end", endless("x".repeat(65_536)), "not_metadata"],
  [
    "a federation without end",
    endless(`<md:EntityDescriptor entityID="x"/>`.repeat(2_000)),
    "metadata_unavailable",
  ],
  ["nothing at all", silent, "metadata_unavailable"],
  ["a byte now and then", drip, "metadata_unavailable"],
  ["entities", entities + idp.metadata(), "xml_doctype"],
  ["300 levels", "<a>".repeat(300) + "</a>".repeat(300), "xml_too_deep"],
  ["60,000 elements", `<a>${"<b/>".repeat(60_000)}</a>`, "xml_too_many_nodes"],
  ["50 certificates", idp.metadata({ certificates: manyCertificates }), "metadata_certificates_too_many"],
])("refuses %s, while people sign in", async (_name, answer, problem) => {
  victim.server.serve(answer);
  const [following, signedIn] = await Promise.all([victim.refresh(), victim.letsIn(idp)]);
  expect(following).toMatchObject({ certificates: 1, problem });
  expect(signedIn).toBe(true);
});

it("follows honest metadata after all that, in a federation of three megabytes as well as alone", async () => {
  victim.server.serve(federation(idp.metadata()));
  expect(await victim.refresh()).toMatchObject({ certificates: 1, problem: undefined });
  victim.server.serve(idp.metadata({ certificates: [idp.certificate, next.certificate] }));
  expect(await victim.refresh()).toMatchObject({ certificates: 2, problem: undefined });
  expect(await victim.letsIn(next)).toBe(true);
});
