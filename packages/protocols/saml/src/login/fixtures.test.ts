import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseIdpMetadata } from "../metadata/idp.ts";
import { toFormValue } from "../testing/index.ts";
import type { SamlExpectations, SamlResult } from "../types.ts";
import { validateResponse } from "./validate.ts";

/** Adding a case adds no code: see fixtures/saml/README.md. */

const ROOT = new URL("../../../../../fixtures/saml/", import.meta.url);

interface GoodCase {
  readonly now: string;
  readonly expected: Omit<SamlExpectations, "idpEntityId">;
  /** False where the connection names an attribute as the person's key. */
  readonly nameIdRequired?: boolean;
  readonly metadata: object;
  readonly assertion: object;
}

interface BadCase {
  readonly from: string;
  readonly code: string;
  /** Exactly one thing. */
  readonly change: {
    readonly response?: readonly [pattern: string, replacement: string];
    readonly expected?: Partial<SamlExpectations>;
    readonly now?: string;
    readonly certificatesOf?: string;
    readonly decryptionKeys?: readonly string[];
  };
}

const folders = (path: string) =>
  readdirSync(new URL(path, ROOT), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "bad")
    .map(({ name }) => name);

const read = (path: string) => readFileSync(new URL(path, ROOT), "utf8");

function metadataOf(folder: string) {
  const result = parseIdpMetadata(read(`${folder}/metadata.xml`));
  if (!result.ok) {
    throw new Error(`${folder}: ${result.code} ${result.detail ?? ""}`);
  }
  return result.metadata;
}

function validate(folder: string, change: BadCase["change"] = {}): SamlResult {
  const good: GoodCase = JSON.parse(read(`${folder}/case.json`));
  const xml = read(`${folder}/response.xml`);
  const [pattern, replacement] = change.response ?? ["$^", ""];
  const changed = xml.replace(new RegExp(pattern), replacement);
  if (change.response !== undefined && changed === xml) {
    throw new Error(`${pattern} is not in ${folder}`);
  }
  return validateResponse({
    response: toFormValue(changed),
    expected: { idpEntityId: metadataOf(folder).entityId, ...good.expected, ...change.expected },
    certificates: metadataOf(change.certificatesOf ?? folder).signingCertificates.map(({ pem }) => pem),
    decryptionKeys: change.decryptionKeys ?? [read("sp-key.pem")],
    now: new Date(change.now ?? good.now),
    nameIdRequired: good.nameIdRequired ?? true,
  });
}

describe.each(folders("."))("%s", (folder) => {
  const good: GoodCase = JSON.parse(read(`${folder}/case.json`));

  it("has metadata that is read", () => {
    expect(metadataOf(folder)).toMatchObject(good.metadata);
  });

  it("sends a response that is accepted without warning", () => {
    const result = validate(folder);
    expect(result).toMatchObject({ ok: true, warnings: [] });
    // Through JSON, as the cases are written: dates become text.
    expect(JSON.parse(JSON.stringify(result.ok && result.assertion))).toMatchObject(good.assertion);
  });
});

describe("changed in one thing", () => {
  it.each(folders("bad/"))("%s", (folder) => {
    const bad: BadCase = JSON.parse(read(`bad/${folder}/case.json`));
    expect(validate(bad.from, bad.change)).toMatchObject({ ok: false, code: bad.code });
  });
});
