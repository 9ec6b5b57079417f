import { X509Certificate } from "node:crypto";
import { expect, it } from "vitest";
import { certificateBase64, newRsaKey } from "../testing/index.ts";
import { readCertificate } from "./certificate.ts";
import { selfSignedCertificate } from "./self-signed.ts";

const privateKey = newRsaKey();
const pem = selfSignedCertificate({
  privateKey,
  commonName: "Zoë's IdP",
  notBefore: new Date("2026-01-01T00:00:00Z"),
  notAfter: new Date("2051-06-01T12:00:00Z"),
});

it("makes certificates that OpenSSL reads and that sign themselves", () => {
  const certificate = new X509Certificate(pem);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.checkPrivateKey(privateKey)).toBe(true);
  expect(certificate.subject).toBe("CN=Zoë's IdP");
});

it.each([
  ["PEM", pem],
  ["PEM without line ends", pem.replaceAll("\n", "")],
  ["bare base64", certificateBase64(pem)],
  ["base64 with Windows line ends", certificateBase64(pem).replace(/.{76}/g, "$&\r\n")],
  ["PEM with stray space", `\n  ${pem}\n\n`],
])("reads %s", (_, text) => {
  expect(readCertificate(text)).toMatchObject({
    ok: true,
    certificate: {
      pem,
      fingerprint: new X509Certificate(pem).fingerprint256.replaceAll(":", "").toLowerCase(),
      notBefore: new Date("2026-01-01T00:00:00Z"),
      notAfter: new Date("2051-06-01T12:00:00Z"),
      keyType: "rsa",
      keyBits: 2048,
    },
  });
});

it("refuses a key that OpenSSL cannot read, and one that is too short", () => {
  const der = Buffer.from(certificateBase64(pem), "base64");
  const rsaEncryption = Buffer.from("2a864886f70d010101", "hex");
  der.writeUInt8(0xff, der.indexOf(rsaEncryption) + rsaEncryption.length + 8);
  expect(readCertificate(der.toString("base64"))).toMatchObject({
    ok: false,
    code: "certificate_unreadable",
  });

  const short = { privateKey: newRsaKey(512), notBefore: new Date(0), notAfter: new Date(0) };
  const certificate = selfSignedCertificate({ ...short, commonName: "short" });
  expect(readCertificate(certificate)).toMatchObject({ ok: false, code: "certificate_unreadable" });
});

it.each([
  ["", "not base64"],
  ["MIIB$", "not base64"],
  ["MIIB", "not X.509"],
])("refuses %j", (text, detail) => {
  expect(readCertificate(text)).toMatchObject({ ok: false, code: "certificate_unreadable", detail });
});
