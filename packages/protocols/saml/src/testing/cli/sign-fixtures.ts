/**
 * Signs the fixtures that are documented rather than captured: for each folder under fixtures/saml with an
 * unsigned.xml, makes a throwaway key, writes its certificate into metadata.xml and the signed (and, where
 * case.json says so, encrypted) message to response.xml.
 *
 *   npm run fixtures -w @sallyport/saml [folder ...]
 */

import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { selfSignedCertificate } from "../../signature/self-signed.ts";
import { certificateBase64, type Signer, signElement } from "../../signature/sign.ts";
import { type Encryption, encryptAssertion } from "../encrypt.ts";
import { newRsaKey } from "../idp.ts";

interface Signing {
  readonly over: "assertion" | "response" | "both";
  readonly prefix?: "ds" | "";
  readonly inclusivePrefixes?: string;
  readonly key?: "ec";
  readonly encrypt?: NonNullable<Encryption["content"]>;
}

const ROOT = new URL("../../../../../../fixtures/saml/", import.meta.url);
const DATES = { notBefore: new Date("2026-01-01T00:00:00Z"), notAfter: new Date("2036-01-01T00:00:00Z") };

function main(folders: readonly string[]): void {
  const all = readdirSync(ROOT, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const folder of folders.length > 0 ? folders : all.map(({ name }) => name)) {
    if (existsSync(new URL(`${folder}/unsigned.xml`, ROOT))) {
      signFolder(new URL(`${folder}/`, ROOT));
    }
  }
}

function signFolder(folder: URL): void {
  const { sign }: { sign: Signing } = JSON.parse(readFileSync(new URL("case.json", folder), "utf8"));
  const signer = newSigner(sign);
  let xml = readFileSync(new URL("unsigned.xml", folder), "utf8");
  const [responseId = "", assertionId = ""] = [...xml.matchAll(/\bID="([^"]+)"/g)].map(([, id]) => id ?? "");
  if (sign.over !== "response") {
    xml = signElement(xml, assertionId, signer);
  }
  if (sign.encrypt !== undefined) {
    const encryption = { recipient: spCertificate(), content: sign.encrypt };
    xml = xml.replace(/<(\w+:)?Assertion .*<\/(\w+:)?Assertion>/s, (assertion) =>
      encryptAssertion(assertion, encryption),
    );
  }
  if (sign.over !== "assertion") {
    xml = signElement(xml, responseId, signer);
  }
  writeFileSync(new URL("response.xml", folder), xml);

  const metadata = new URL("metadata.xml", folder);
  const certificate = `$1${certificateBase64(signer.certificate)}$2`;
  const withCertificate = readFileSync(metadata, "utf8").replace(
    /(X509Certificate>)[^<]*(<\/(?:\w+:)?X509Certificate>)/g,
    certificate,
  );
  writeFileSync(metadata, withCertificate);
}

function newSigner(sign: Signing): Signer {
  const isEc = sign.key === "ec";
  const privateKey = isEc ? generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey : newRsaKey();
  return {
    privateKey,
    certificate: selfSignedCertificate({ privateKey, commonName: "idp.example", ...DATES }),
    ...(isEc ? { signatureAlgorithm: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256" } : {}),
    ...(sign.prefix === undefined ? {} : { prefix: sign.prefix }),
    ...(sign.inclusivePrefixes === undefined ? {} : { inclusivePrefixes: sign.inclusivePrefixes }),
  };
}

/** The service provider of all fixtures: its key is in the folder, for it protects nothing. */
function spCertificate(): string {
  const file = new URL("sp-key.pem", ROOT);
  if (!existsSync(file)) {
    writeFileSync(file, newRsaKey().export({ type: "pkcs8", format: "pem" }));
  }
  const privateKey = createPrivateKey(readFileSync(file));
  return selfSignedCertificate({ privateKey, commonName: "sso.acme.example", ...DATES });
}

main(process.argv.slice(2));
