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

it("offers what decrypts here, RSA-OAEP among it, and nothing that does not", () => {
  const [, , encryption] = elements(parsed(spMetadata(sp)), "KeyDescriptor");
  const methods = encryption?.children.filter(({ name }) => name === "EncryptionMethod") ?? [];
  const offered = methods.map((each) => ({
    algorithm: each.attributes[0]?.value.split("#")[1],
    digest: each.children[0]?.attributes[0]?.value.split("#")[1],
  }));
  expect(offered.map(({ algorithm, digest }) => `${algorithm} ${digest ?? ""}`.trim())).toEqual([
    "aes256-gcm",
    "aes192-gcm",
    "aes128-gcm",
    "aes256-cbc",
    "aes192-cbc",
    "aes128-cbc",
    "rsa-oaep-mgf1p sha1",
    "rsa-oaep-mgf1p sha256",
    "rsa-oaep sha256",
  ]);
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
