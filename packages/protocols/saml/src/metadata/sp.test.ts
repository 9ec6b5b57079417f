import { generateServiceProviderMetadata } from "@node-saml/node-saml";
import { expect, it } from "vitest";
import { DEFAULT_METADATA_LIMITS } from "../limits.ts";
import { certificateBase64 } from "../signature/sign.ts";
import { createTestIdp } from "../testing/index.ts";
import type { XmlElement } from "../xml/canonical-reader.ts";
import { parseXml } from "../xml/document.ts";
import { descendants } from "../xml/element.ts";
import { spMetadata } from "./sp.ts";

const [signing, next] = [createTestIdp().certificate, createTestIdp().certificate];
const sp = {
  id: "_1",
  entityId: 'https://sp.example.test/<"&>',
  acsUrl: "https://sp.example.test/acs?a=1&b=2",
  sloUrl: "https://sp.example.test/slo",
  authnRequestsSigned: true,
  signingCertificates: [signing, next],
  encryptionCertificate: next,
};
const parsed = (xml: string) => parseXml(Buffer.from(xml), { limits: DEFAULT_METADATA_LIMITS });
const elements = (root: XmlElement, name: string) => descendants(root).filter((each) => each.name === name);
const described = (root: XmlElement, name: string) =>
  elements(root, name).map(({ attributes }) =>
    Object.fromEntries(attributes.map((each) => [each.name, each.value])),
  );

it("says all that node-saml would say of the same service provider, and in its words", () => {
  const ours = parsed(spMetadata({ ...sp, authnRequestsSigned: false }));
  const theirs = parsed(
    generateServiceProviderMetadata({
      issuer: sp.entityId,
      callbackUrl: sp.acsUrl,
      logoutCallbackUrl: sp.sloUrl,
      generateUniqueId: () => sp.id,
      identifierFormat: null,
      wantAssertionsSigned: true,
    }),
  );
  for (const name of ["EntityDescriptor", "SPSSODescriptor", "AssertionConsumerService"]) {
    expect(described(ours, name)).toEqual(described(theirs, name));
  }
  expect(described(ours, "SingleLogoutService")).toEqual(
    expect.arrayContaining(described(theirs, "SingleLogoutService")),
  );
});

it("takes logout over both bindings, verifies by both keys, and is encrypted for by one", () => {
  const root = parsed(spMetadata(sp));
  expect(described(root, "SPSSODescriptor")).toMatchObject([{ AuthnRequestsSigned: "true" }]);
  expect(described(root, "SingleLogoutService").map(({ Binding }) => Binding?.split(":").at(-1))).toEqual([
    "HTTP-Redirect",
    "HTTP-POST",
  ]);
  expect(described(root, "KeyDescriptor")).toEqual([
    { use: "signing" },
    { use: "signing" },
    { use: "encryption" },
  ]);
  expect(elements(root, "X509Certificate").map(({ text }) => text)).toEqual(
    [signing, next, next].map(certificateBase64),
  );
});

it("has its parts in the order of the schema", () => {
  const [role] = elements(parsed(spMetadata(sp)), "SPSSODescriptor");
  expect(role?.children.map(({ name }) => name)).toEqual([
    "KeyDescriptor",
    "KeyDescriptor",
    "KeyDescriptor",
    "SingleLogoutService",
    "SingleLogoutService",
    "AssertionConsumerService",
  ]);
});
