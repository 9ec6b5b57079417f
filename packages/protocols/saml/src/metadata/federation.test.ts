import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { Random } from "../testing/differential/random.ts";
import { createTestIdp } from "../testing/index.ts";
import { entityMetadata } from "./federation.ts";
import { parseIdpMetadata } from "./idp.ts";

const idp = createTestIdp({ entityId: "https://idp.example.test/?a=1&b=2" });
const neighbour = createTestIdp({ entityId: "https://neighbour.example.test" });
const entityId = idp.entityId;
const MD = 'xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"';

/** Declares its prefixes at the root, as federations do, and limits the life of what is in it. */
const federation = (...entities: string[]) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<!-- <md:EntityDescriptor entityID="${entityId}"> -->` +
  `<md:EntitiesDescriptor ${MD} validUntil="2030-01-01T00:00:00Z"><md:EntitiesDescriptor cacheDuration='PT1H'>` +
  `${entities.join("\n")}</md:EntitiesDescriptor></md:EntitiesDescriptor>`;
const withoutPrefix = (xml: string) => xml.replace(` ${MD}`, "");

const bytes = (text: string) => Readable.from([Buffer.from(text)]);

/** As if the document were too large to be read as a whole. */
async function find(document: AsyncIterable<Uint8Array>, wanted = entityId) {
  const found = await entityMetadata(document, { entityId: wanted, maxBytes: 10_000 });
  return found.ok ? parseIdpMetadata(found.document, { entityId: wanted }) : found;
}

const FILLER = Array.from({ length: 20 }, (_, n) =>
  withoutPrefix(
    createTestIdp({ entityId: `https://filler.test/${n}`, certificate: neighbour.certificate }).metadata(),
  ),
);

describe("one entity of a federation too large to be parsed", () => {
  it("is read with its namespaces, and with the life of what is around it", async () => {
    const found = await find(bytes(federation(...FILLER, withoutPrefix(idp.metadata()), ...FILLER)));
    expect(found).toMatchObject({
      ok: true,
      metadata: {
        entityId,
        signingCertificates: [{ pem: idp.certificate }],
        validUntil: new Date("2030-01-01T00:00:00Z"),
        cacheDurationMs: 3_600_000,
      },
    });
  });

  it("is the same, wherever the pieces are torn", async () => {
    const document = Buffer.from(
      federation(
        ...FILLER,
        `<!-- ü --><?pi <?><![CDATA[</md:EntityDescriptor>]]>`,
        withoutPrefix(idp.metadata()),
        ...FILLER,
      ),
    );
    const whole = await entityMetadata(Readable.from([document]), { entityId, maxBytes: 10_000 });
    expect(whole.ok).toBe(true);
    const random = new Random(7);
    for (let round = 0; round < 30; round += 1) {
      const pieces: Buffer[] = [];
      for (let at = 0; at < document.length; ) {
        const size = 1 + random.below(round === 0 ? 1 : 3_000);
        pieces.push(document.subarray(at, at + size));
        at += size;
      }
      expect(await entityMetadata(Readable.from(pieces), { entityId, maxBytes: 10_000 })).toEqual(whole);
    }
  });

  it("is found in UTF-16, and refused in an encoding that nobody knows", async () => {
    const text = federation(...FILLER, withoutPrefix(idp.metadata()));
    const utf16 = Buffer.from(`\uFEFF${text.replace("UTF-8", "UTF-16")}`, "utf16le");
    expect(await find(Readable.from([utf16]))).toMatchObject({ ok: true });
    expect(await find(bytes(text.replace("UTF-8", "EBCDIC-CP-BE")))).toMatchObject({ code: "xml_encoding" });
  });

  it.each<[string, string]>([
    ["without protocols", '<md:EntityDescriptor entityID="x"><md:IDPSSODescriptor/></md:EntityDescriptor>'],
    ["with a relative namespace", '<md:EntityDescriptor xmlns:x="relative" entityID="x"/>'],
    [
      "with an undeclared prefix and an unknown entity",
      "<md:EntityDescriptor entityID='x'><y:z>&nbsp;</y:z></md:EntityDescriptor>",
    ],
    [
      "with the IDs of others",
      '<md:EntityDescriptor ID="_1" entityID="x"/><md:EntityDescriptor ID="_1" entityID="y"/>',
    ],
    [
      "that hides one in a comment",
      `<md:EntityDescriptor entityID="x"><!-- ${withoutPrefix(idp.metadata())} --></md:EntityDescriptor>`,
    ],
    [
      "that hides one in a section",
      `<md:EntityDescriptor entityID="x"><![CDATA[${withoutPrefix(idp.metadata())}]]></md:EntityDescriptor>`,
    ],
    [
      "that holds one in itself",
      `<md:EntityDescriptor entityID="x"><md:Extensions>${withoutPrefix(neighbour.metadata().replace(neighbour.entityId, "https://idp.example.test/?a=1&amp;b=2"))}</md:Extensions></md:EntityDescriptor>`,
    ],
  ])("is read past a neighbour %s", async (_, other) => {
    for (const entities of [
      [other, withoutPrefix(idp.metadata())],
      [...FILLER, withoutPrefix(idp.metadata()), other],
    ]) {
      const document = federation(...entities);
      const whole = parseIdpMetadata(document, { entityId });
      expect(whole).toMatchObject({
        ok: true,
        metadata: { signingCertificates: [{ pem: idp.certificate }] },
      });
      if (document.length > 10_000) {
        expect(await find(bytes(document))).toMatchObject({
          ok: true,
          metadata: { signingCertificates: [{ pem: idp.certificate }] },
        });
      }
    }
  });

  const one = withoutPrefix(idp.metadata());
  const ours = `https://idp.example.test/?a=1&amp;b=2`;
  it.each<[string, string, string]>([
    ["is not there", federation(...FILLER), "metadata_entity_unknown"],
    ["is there twice", federation(...FILLER, one, one), "metadata_ambiguous"],
    ["is in another document's clothes", `<html>${FILLER.join("")}${one}</html>`, "not_metadata"],
    ["is behind a document type", `<!DOCTYPE md>${federation(...FILLER, one)}`, "xml_doctype"],
    ["is behind the root", federation(...FILLER) + one, "xml_malformed"],
    ["is cut off", federation(...FILLER, one).slice(0, -300), "xml_malformed"],
    ["is beside elements that cross", federation(...FILLER, "<a><b></a></b>", one), "xml_malformed"],
    ["is below 300 levels", federation(...FILLER, "<a>".repeat(300), one), "xml_too_deep"],
    ["is behind a tag without end", federation(...FILLER, `<a b="${"x".repeat(300_000)}`), "xml_malformed"],
    [
      "is too large itself",
      federation(...FILLER, one.replace(">", `>${" ".repeat(11_000)}`)),
      "xml_too_large",
    ],
    [
      "has no usable certificate",
      federation(...FILLER, one.replace(/MII[^<]+/, "")),
      "certificate_unreadable",
    ],
    [
      "has a name of another vocabulary",
      federation(...FILLER, `<x:EntityDescriptor xmlns:x="urn:x" entityID="${ours}"/>`),
      "metadata_no_idp",
    ],
  ])("is refused where it %s", async (_, document, code) => {
    expect(await find(bytes(document))).toMatchObject({ ok: false, code });
  });

  it("is refused where nobody says which, or where a signature over the rest has to be verified", async () => {
    const document = federation(...FILLER, one);
    for (const options of [{}, { entityId, signed: true }]) {
      expect(await entityMetadata(bytes(document), { ...options, maxBytes: 10_000 })).toMatchObject({
        ok: false,
        code: "metadata_too_large",
      });
    }
  });
});

it("returns a document of ordinary size as it came", async () => {
  const document = federation(withoutPrefix(idp.metadata()));
  const found = await entityMetadata(
    Readable.from([Buffer.from(document.slice(0, 99)), Buffer.from(document.slice(99))]),
  );
  expect(found).toEqual({ ok: true, document: Buffer.from(document) });
});

it("finds one of 20,000 in 100 MB, and holds no more memory than a few", async () => {
  const padding = `<md:Extensions>${"<x>federated</x>".repeat(180)}</md:Extensions>`;
  const others = FILLER.map((xml) => xml.replace("<md:IDPSSODescriptor", `${padding}$&`));
  let served = 0;
  let peak = 0;
  async function* hundredMegabytes() {
    yield Buffer.from(`<md:EntitiesDescriptor ${MD}>`);
    for (let n = 0; served < 100 * 1024 * 1024; n += 1) {
      const piece = Buffer.from(
        n === 5_000 ? withoutPrefix(idp.metadata()) : (others[n % others.length] ?? ""),
      );
      served += piece.length;
      peak = Math.max(peak, n % 200 === 0 ? memory() - before : 0);
      yield piece;
    }
    yield Buffer.from("</md:EntitiesDescriptor>");
  }
  const before = memory();
  const found = await entityMetadata(hundredMegabytes(), { entityId });
  expect(found.ok && parseIdpMetadata(found.document, { entityId })).toMatchObject({ ok: true });
  expect(served).toBeGreaterThan(100 * 1024 * 1024);
  expect(peak).toBeLessThan(50 * 1024 * 1024);
});

/** Of this thread: text and buffers, garbage included. */
function memory(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
