import { createTestIdp } from "@sallyport/saml/testing";
import { describe, expect, it } from "vitest";
import { samlSettings } from "../settings.ts";
import { judge } from "./judge.ts";
import { readMetadata } from "./read.ts";
import { isSameSource } from "./source.ts";
import { fingerprintOf } from "./testing/following-fixture.ts";

const idp = createTestIdp();
const next = createTestIdp();
const settings = samlSettings.parse({
  idpEntityId: idp.entityId,
  ssoUrl: "https://idp.example.test/sso",
  ssoBinding: "redirect",
  certificates: [idp.certificate],
  metadataUrl: "https://idp.example.test/metadata",
});
const factsOf = (...certificates: string[]) =>
  readMetadata(idp.metadata({ certificates }), {
    ...{ entityId: undefined, certificates: undefined, allowSha1: false, now: new Date() },
  }).facts;
const added = factsOf(idp.certificate, next.certificate);
const good = { certificatesInUse: new Set([fingerprintOf(idp.certificate)]), sameSource: true };

describe("a change of the metadata", () => {
  it.each([
    ["from the same source", {}, {}, "apply"],
    ["from another source", {}, { sameSource: false }, "metadata_source_changed"],
    [
      "from another source, signed",
      { metadataCertificates: [next.certificate] },
      { sameSource: false },
      "apply",
    ],
    ["where every change is held", { holdMetadataChanges: true }, {}, "metadata_changes_held"],
    [
      "where every change is held, signed",
      { holdMetadataChanges: true, metadataCertificates: [next.certificate] },
      {},
      "metadata_changes_held",
    ],
  ])("%s", (_name, more, grounds, outcome) => {
    const verdict = judge({ ...settings, ...more }, added, { ...good, ...grounds });
    expect(verdict.action === "hold" ? verdict.problem.code : verdict.action).toBe(outcome);
  });

  it("names all certificates as they were and would be", () => {
    const before = [fingerprintOf(idp.certificate)];
    expect(judge(settings, added, good)).toMatchObject({
      changes: {
        certificatesBefore: before,
        certificatesAfter: [...before, fingerprintOf(next.certificate)],
      },
    });
  });

  it("is none where nothing changes, wherever that comes from", () => {
    const nothing = factsOf(idp.certificate);
    const held = { ...settings, holdMetadataChanges: true };
    expect(judge(held, nothing, { ...good, sameSource: false })).toEqual({ action: "keep" });
  });
});

it.each([
  ["https://idp.example.test/metadata", true],
  ["https://idp.example.test/elsewhere", true],
  ["https://cdn.example.test/metadata", false],
  ["https://idp.example.test:8443/metadata", false],
  ["https://idp.example.test.evil.test/metadata", false],
  ["http://idp.example.test/metadata", false],
  ["http://localhost/metadata", false],
])("of a connection at https://idp.example.test, %s is the same source: %s", (url, same) => {
  expect(isSameSource("https://idp.example.test/metadata", url)).toBe(same);
});
