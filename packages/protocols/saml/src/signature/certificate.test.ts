import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
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

/** Of a certificate authority, which no SAML message is signed by. Made by OpenSSL: basicConstraints, CA:TRUE. */
const authority = readFileSync(new URL("./authority.pem", import.meta.url), "utf8");
const PRIVATE_KEY = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n";

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
  ["PEM with OpenSSL's description before it", `subject=CN = idp\nissuer=CN = idp\nnotBefore=x\n${pem}`],
  ["PEM with line ends written out", pem.replaceAll("\n", "\\n")],
  ["PEM with Windows line ends written out", pem.replaceAll("\n", "\\r\\n")],
  ["PEM under an older name", pem.replaceAll("CERTIFICATE", "X509 CERTIFICATE")],
  ["a chain in PEM", pem + authority],
  ["a chain that begins with the authority", authority + pem],
  ["a chain run together in base64", certificateBase64(pem) + certificateBase64(authority)],
  ["a chain with a private key before it", `${PRIVATE_KEY}${pem}`],
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
  ["-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----", "it is a public key, not a certificate"],
  [PRIVATE_KEY, "it is a private key, not a certificate"],
])("refuses %j", (text, detail) => {
  expect(readCertificate(text)).toMatchObject({ ok: false, code: "certificate_unreadable", detail });
});
