import { readFile } from "node:fs/promises";
import { SAML_ERRORS, SAML_WARNINGS } from "@sallyport/saml";
import { describe, expect, it } from "vitest";
import { FINDINGS_DE } from "../../apps/console/src/web/components/findings-de.ts";
import { fieldToChange } from "../../apps/console/src/web/guides/fields-to-change.ts";
import { OIDC_CONSOLES } from "./consoles/oidc-facts.ts";
import { SAML_CONSOLES } from "./consoles/saml-facts.ts";

const OF_LOGINS = Object.entries({ ...SAML_ERRORS, ...SAML_WARNINGS }).filter(
  // Of logouts and of metadata no test login tells.
  ([code]) => !/logout|metadata/.test(code),
);

describe("what a failure says", () => {
  it("is there in German for every code of a SAML login", () => {
    expect(OF_LOGINS.map(([code]) => code).filter((code) => FINDINGS_DE[code] === undefined)).toEqual([]);
  });

  it("is there in German for every code of an ID token, of an OpenID Provider's answer, and of a person", async () => {
    const sources = ["protocols/oidc/explain-id-token.ts", "identity/normalized-identity.ts"].map((file) =>
      readFile(new URL(`../../apps/sign-in/src/${file}`, import.meta.url), "utf8"),
    );
    const text = (await Promise.all(sources)).join("\n");
    const codes = [...text.matchAll(/"(oidc_[a-z_]+)"|^ {2}([a-z]+_[a-z_]+): \{$/gm)].map(
      ([, oidc, person]) => oidc ?? person ?? "",
    );
    expect(codes.length).toBeGreaterThan(20);
    expect(codes.filter((code) => FINDINGS_DE[code] === undefined)).toEqual([]);
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
