import { readdirSync, readFileSync } from "node:fs";
import { parseIdpMetadata } from "../../metadata/idp.ts";
import { signElement } from "../../signature/sign.ts";
import type { ValidateResponseInput } from "../../types.ts";
import { createScenario } from "../scenario.ts";

/** An accepted response to start from. */
export interface Seed {
  readonly name: string;
  readonly xml: string;
  readonly input: Omit<ValidateResponseInput, "response">;
  /** The response is of another day than today. */
  readonly ignoreTime: boolean;
}

/** Responses of the test IdP, dated now, in every form that it signs, and those of fixtures/saml. */
export function createSeeds(): [Seed, ...Seed[]] {
  return [...generated(), ...documented()] as [Seed, ...Seed[]];
}

function generated(): Seed[] {
  const scenario = createScenario();
  const now = new Date();
  const certificates = [scenario.idp.certificate];
  const { expected, decryptionKey, encryptionCertificate } = scenario;
  const input = { expected, certificates, decryptionKeys: [decryptionKey], now };
  const values = { "Zoë & <Co>": ["a", "b"], empty: "", blank: "  ", lines: "one\ntwo\r\nthree\ttabs" };
  const login = { ...scenario.login, now, lifetimeMs: 86_400_000 };
  const recipient = encryptionCertificate;
  const forms = {
    assertion: {},
    response: { sign: "response" },
    both: { sign: "both" },
    values: { attributes: values, nameId: "o'neil+tag@example.test", sign: "both" },
    prefixes: { signer: { inclusivePrefixes: "saml" } },
    sha512: { signer: { signatureAlgorithm: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512" } },
    gcm: { encryptFor: { recipient } },
    cbc: { encryptFor: { recipient, content: "aes128-cbc" }, sign: "response" },
  } as const;
  const messages = Object.entries(forms).map(([name, form]) => [
    name,
    scenario.idp.responseXml({ ...login, ...form }),
  ]);
  // A prefix declared on the response and rendered on the signed assertion: C14N's hardest corner.
  const declaring = (xml: string) =>
    xml.replace("<samlp:Response ", '$&xmlns:xs="http://www.w3.org/2001/XMLSchema" ');
  const unsigned = scenario.idp.responseXml({ ...login, sign: "none", editResponse: declaring });
  const inherited = signElement(unsigned, "_assertion", { ...scenario.idp.signer, inclusivePrefixes: "xs" });
  return [...messages, ["inherited", inherited]].map(([name = "", xml = ""]) => ({
    name,
    xml,
    input,
    ignoreTime: false,
  }));
}

const FIXTURES = new URL("../../../../../../fixtures/saml/", import.meta.url);

function documented(): Seed[] {
  const read = (path: string) => readFileSync(new URL(path, FIXTURES), "utf8");
  const folders = readdirSync(FIXTURES, { withFileTypes: true }).filter(
    // node-saml checks RSA signatures only: it has no second opinion on PingOne's ECDSA.
    (entry) => entry.isDirectory() && entry.name !== "bad" && entry.name !== "pingone",
  );
  return folders.map(({ name }) => {
    const { expected, now, nameIdRequired = true } = JSON.parse(read(`${name}/case.json`));
    const parsed = parseIdpMetadata(read(`${name}/metadata.xml`));
    if (!parsed.ok) {
      throw new Error(`${name}: ${parsed.code}`);
    }
    const { entityId, signingCertificates } = parsed.metadata;
    return {
      name,
      xml: read(`${name}/response.xml`),
      input: {
        expected: { ...expected, idpEntityId: entityId },
        certificates: signingCertificates.map(({ pem }) => pem),
        decryptionKeys: [read("sp-key.pem")],
        now: new Date(now),
        nameIdRequired,
      },
      ignoreTime: true,
    };
  });
}
