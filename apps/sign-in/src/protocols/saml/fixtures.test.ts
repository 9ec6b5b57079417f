import { existsSync, readdirSync, readFileSync } from "node:fs";
import { CONNECTION_PROVIDERS } from "@sallyport/connections";
import { parseIdpMetadata, type SamlAssertion, validateResponse } from "@sallyport/saml";
import { toFormValue } from "@sallyport/saml/testing";
import { describe, expect, it } from "vitest";
import { normalizeSaml } from "./normalize.ts";

/** Adding a case adds no code: see fixtures/saml/README.md. */

const ROOT = new URL("../../../../../fixtures/saml/", import.meta.url);

interface SamlCase {
  readonly now: string;
  readonly nameIdRequired?: boolean;
  readonly expected: { readonly audience: string; readonly acsUrl: string; readonly inResponseTo: string };
}

interface IdentityCase {
  readonly provider: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly groupsDelimiter?: string | null;
  /** Either what comes of it, or the code of why it identifies nobody. */
  readonly identity?: object;
  readonly refused?: string;
}

const read = (path: string) => readFileSync(new URL(path, ROOT), "utf8");
const folders = readdirSync(ROOT).filter((name) => existsSync(new URL(`${name}/identity.json`, ROOT)));

function assertionOf(folder: string): SamlAssertion {
  const metadata = parseIdpMetadata(read(`${folder}/metadata.xml`));
  if (!metadata.ok) {
    throw new Error(`${folder}: ${metadata.code}`);
  }
  const { now, expected, nameIdRequired = true }: SamlCase = JSON.parse(read(`${folder}/case.json`));
  const { entityId, signingCertificates } = metadata.metadata;
  const result = validateResponse({
    response: toFormValue(read(`${folder}/response.xml`)),
    expected: { idpEntityId: entityId, ...expected },
    certificates: signingCertificates.map(({ pem }) => pem),
    decryptionKeys: [read("sp-key.pem")],
    now: new Date(now),
    nameIdRequired,
  });
  if (!result.ok) {
    throw new Error(`${folder}: ${result.code}`);
  }
  return result.assertion;
}

describe("what an IdP sends normalizes to", () => {
  it("a case for every preset", () => {
    const covered = folders.map((folder): string => JSON.parse(read(`${folder}/identity.json`)).provider);
    expect([...new Set(covered)].sort()).toEqual([...CONNECTION_PROVIDERS].sort());
  });

  it.each(folders)("%s", (folder) => {
    const { provider, attributes, groupsDelimiter, ...outcome }: IdentityCase = JSON.parse(
      read(`${folder}/identity.json`),
    );
    const result = normalizeSaml(assertionOf(folder), { provider, attributes, groupsDelimiter });
    // Through JSON, as the cases are written: dates become text.
    expect(JSON.parse(JSON.stringify(result))).toMatchObject(
      outcome.refused === undefined
        ? { ok: true, identity: outcome.identity }
        : { ok: false, code: outcome.refused },
    );
  });
});
