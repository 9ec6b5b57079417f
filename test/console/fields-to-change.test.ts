import { readdir, readFile } from "node:fs/promises";
import { SAML_ERRORS, SAML_WARNINGS } from "@sallyport/saml";
import { describe, expect, it } from "vitest";
import { FINDINGS_DE, findingInGerman } from "../../apps/console/src/web/components/findings-de.ts";
import { fieldToChange } from "../../apps/console/src/web/guides/fields-to-change.ts";
import { OIDC_CONSOLES } from "./consoles/oidc-facts.ts";
import { SAML_CONSOLES } from "./consoles/saml-facts.ts";

const OF_LOGINS = Object.entries({ ...SAML_ERRORS, ...SAML_WARNINGS }).filter(
  // Of logouts and of metadata no test login tells.
  ([code]) => !/logout|metadata/.test(code),
);

/** The modules of some folders, without their tests. */
async function sourcesOf(...folders: readonly string[]): Promise<URL[]> {
  const found = folders.map(async (folder) => {
    const at = new URL(`../../${folder}/`, import.meta.url);
    const names = await readdir(at);
    return names.filter((name) => /(?<!\.test)\.ts$/.test(name)).map((name) => new URL(name, at));
  });
  return (await Promise.all(found)).flat();
}

describe("what a failure says", () => {
  it("is there in German for every code of a SAML login", () => {
    expect(OF_LOGINS.map(([code]) => code).filter((code) => FINDINGS_DE[code] === undefined)).toEqual([]);
  });

  it("is there in both languages for every code of OpenID Connect, and of a person", async () => {
    const files = await sourcesOf(
      "apps/sign-in/src/protocols/oidc",
      "apps/sign-in/src/identity",
      "packages/domain/oidc-client/src",
    );
    const text = (await Promise.all(files.map((file) => readFile(file, "utf8")))).join("\n");
    // As in `code: "oidc_…"`, in a call that makes one, and as a key of the table of findings about persons.
    const named = [...text.matchAll(/"((?:oidc|idp)_[a-z_]+)"|^ {2}([a-z]+_[a-z_]+): \{$/gm)].map(
      ([, quoted, key]) => quoted ?? key ?? "",
    );
    const endpoints = ["token", "par"].flatMap((name) => [
      `oidc_${name}_endpoint_failed`,
      `oidc_${name}_endpoint_refused`,
    ]);
    // Of errors of the protocol: what the tables of advice name.
    const errors = [...text.matchAll(/_FIXES: Readonly<Record<string, string>> = \{(.*?)^\};/gms)].flatMap(
      ([, table = ""]) => [...table.matchAll(/^ {2}([a-z_]+):/gm)].map(([, error]) => `oidc_${error}`),
    );
    expect(errors).toContain("oidc_invalid_request_uri");
    const codes = new Set([...named, ...endpoints, ...errors]);
    for (const page of ["idp_refused", "idp_failed"]) {
      expect(codes.delete(page)).toBe(true); // the page's own, not the record's
    }
    expect(codes.size).toBeGreaterThan(60);
    expect([...codes].filter((code) => FINDINGS_DE[code] === undefined)).toEqual([]);
  });

  it("is there in German also for what an identity provider makes up", () => {
    expect(findingInGerman("oidc_x_custom_error")?.[0]).toBe(
      "Der Identitätsanbieter hat mit einem Fehler geantwortet.",
    );
    expect(findingInGerman("oauth_invalid_response")?.[0]).toMatch(/nicht gültig/);
    expect(findingInGerman("constructor")).toBeUndefined();
  });

  it("is no English sentence, and no empty one", () => {
    const english = new Set<string>(OF_LOGINS.flatMap(([, { message, fix }]) => [message, fix]));
    for (const [code, texts] of Object.entries(FINDINGS_DE)) {
      for (const text of texts) {
        expect([code, text]).toEqual([code, expect.stringMatching(/^\S.{10,}[.!:]$/s)]);
        expect([code, english.has(text)]).toEqual([code, false]);
      }
    }
  });
});

// The table of error code × product, against the fields that the products' consoles have.

describe("the field to change for a fault of SAML", () => {
  it.each(Object.entries(SAML_CONSOLES))("is one of the console of %s", (id, { fields, metadata }) => {
    const fieldsThat = (is: string) =>
      Object.entries(fields).flatMap(([name, field]) => (field.is === is ? [name] : []));
    expect(fieldsThat("audience")).toContain(fieldToChange(id, "audience_mismatch"));
    const addresses = fieldsThat("acsUrl").length > 0 ? fieldsThat("acsUrl") : fieldsThat("spMetadataUrl");
    expect(addresses).toContain(fieldToChange(id, "recipient_mismatch"));
    expect(fieldToChange(id, "destination_mismatch")).toBe(fieldToChange(id, "recipient_mismatch"));
    expect(fieldToChange(id, "signature_invalid")).toBeDefined();
    if (metadata.shownAs !== null && fieldsThat("idpEntityId").length === 0) {
      expect(fieldToChange(id, "response_issuer_mismatch")).toBe(metadata.shownAs);
    }
  });

  it("is known for every product where the assertion names nobody, or not by email", () => {
    for (const id of Object.keys(SAML_CONSOLES).filter((name) => name !== "generic" && name !== "auth0")) {
      expect([id, fieldToChange(id, "subject_missing")]).toEqual([id, expect.any(String)]);
      expect([id, fieldToChange(id, "email_missing")]).toEqual([id, expect.any(String)]);
    }
  });

  it("goes by codes that there are", () => {
    const codes = [...Object.keys(SAML_ERRORS), ...Object.keys(SAML_WARNINGS)];
    for (const code of ["signature_missing", "decryption_failed", "sha1", "certificate_expired"]) {
      expect(codes).toContain(code);
      expect([code, fieldToChange("okta", code)]).toEqual([code, expect.any(String)]);
    }
    expect(fieldToChange("okta", "issued_in_future")).toBeUndefined();
  });
});

it.each(Object.entries(OIDC_CONSOLES))(
  "the field to change for a fault of OpenID Connect: %s",
  (id, product) => {
    const redirect = Object.entries(product.fields).find(([, field]) => field.is === "redirectUri")?.[0];
    const secret = Object.entries(product.gives).find(([, gives]) => gives === "clientSecret")?.[0] ?? "";
    expect(fieldToChange(id, "oidc_redirect_uri_mismatch")).toBe(redirect);
    expect(fieldToChange(id, "oidc_invalid_client")).toContain(secret);
  },
);
