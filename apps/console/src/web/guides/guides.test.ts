import { expect, it } from "vitest";
import { PRODUCTS } from "./products.ts";
import { de } from "./texts/de.ts";
import { en } from "./texts/en.ts";

const steps = PRODUCTS.flatMap((product) =>
  (["saml", "oidc", "scim"] as const).flatMap((protocol) =>
    (product[protocol]?.steps ?? []).map((step) => `${product.id}.${protocol}.${step.id}`),
  ),
);

it.each([
  ["English", en],
  ["German", de],
])("has a text for every step, and no other, in %s", (_language, texts) => {
  expect(Object.keys(texts).toSorted()).toEqual(steps.toSorted());
});

it("is translated: no sentence is the same in both languages", () => {
  for (const name of steps) {
    expect([name, de[name]?.body]).not.toEqual([name, en[name]?.body]);
    expect([name, de[name]?.pitfalls?.length]).toEqual([name, en[name]?.pitfalls?.length]);
  }
});

it("asks for every value of ours that the protocol needs", () => {
  for (const { id, saml, oidc, scim } of PRODUCTS) {
    const valuesOf = (guide: typeof saml) =>
      guide?.steps.flatMap(({ fields }) => fields.flatMap(({ value }) => value ?? []));
    const ofSaml = valuesOf(saml) ?? ["acsUrl", "spEntityId"];
    // Our metadata say where responses go, too.
    const address = ofSaml.includes("acsUrl") ? "acsUrl" : "spMetadataUrl";
    expect([id, ofSaml]).toEqual([id, expect.arrayContaining([address, "spEntityId"])]);
    expect([id, valuesOf(oidc) ?? ["redirectUri"]]).toEqual([id, expect.arrayContaining(["redirectUri"])]);
    expect([id, valuesOf(scim) ?? ["baseUrl", "token"]]).toEqual([
      id,
      expect.arrayContaining(["baseUrl", "token"]),
    ]);
  }
});
