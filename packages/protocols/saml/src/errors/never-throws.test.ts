import { generateKeyPairSync, randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { openPostedMessage } from "../bindings/post.ts";
import { openRedirectMessage } from "../bindings/redirect.ts";
import { peekResponse } from "../login/peek.ts";
import { validateLogoutRequest, validateLogoutResponse } from "../logout/validate.ts";
import { parseIdpMetadata } from "../metadata/idp.ts";
import { selfSignedCertificate } from "../signature/self-signed.ts";
import { mutate } from "../testing/differential/mutate.ts";
import { Random } from "../testing/differential/random.ts";
import { createScenario, fromFormValue, toFormValue } from "../testing/index.ts";

const scenario = createScenario();
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const dates = { notBefore: scenario.now, notAfter: new Date("2040-01-01T00:00:00Z") };
const certificates = [selfSignedCertificate({ privateKey, commonName: "idp", ...dates })];
const signatureAlgorithm = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
const response = fromFormValue(
  scenario.respond({ sign: "both", signer: { privateKey, signatureAlgorithm } }),
);
const metadata = scenario.idp.metadata();

it.each([0, 1, 63, 65, 88, 1_000])("answers to an ECDSA signature of %i bytes", (length) => {
  const value = `<ds:SignatureValue>${randomBytes(length).toString("base64")}`;
  const message = toFormValue(response.replace(/<ds:SignatureValue>[^<]*/, value));
  expect(scenario.validate(message, { certificates }).ok).toBe(false);
});

const destination = "https://sp.example.test/slo";
const expected = { idpEntityId: scenario.idp.entityId, destination, inResponseTo: "_ours" };
const logout = scenario.idp.logoutRequest({ destination, now: scenario.now, sessionIndexes: ["_1"] });
const logoutRules = { expected, certificates: [scenario.idp.certificate], now: scenario.now };

it("answers to whatever comes, in every function", () => {
  const random = new Random(20_260_602);
  const outcomes = new Set<string>();
  for (let i = 0; i < 800; i += 1) {
    const mutant = mutate(response, random);
    const message = toFormValue(i % 4 === 0 ? mutant.slice(0, random.below(mutant.length)) : mutant);
    const noise = randomBytes(random.below(300)).toString("base64");
    const answers = [
      scenario.validate(message, { certificates }),
      scenario.validate(noise, { certificates }),
      peekResponse(message),
      openPostedMessage("SAMLRequest", message, { certificates }),
      openRedirectMessage(`SAMLRequest=${encodeURIComponent(noise)}`),
      parseIdpMetadata(mutate(metadata, random)),
      validateLogoutRequest({ ...logoutRules, transport: { binding: "post", value: message } }),
      validateLogoutRequest({
        ...logoutRules,
        transport: {
          binding: "redirect",
          query: scenario.idp
            .logoutRequest({ destination, edit: () => mutate(logout.xml, random) })
            .query(noise),
        },
      }),
      validateLogoutResponse({
        ...logoutRules,
        transport: { binding: "redirect", query: `SAMLResponse=${noise}&RelayState=${noise}` },
      }),
    ];
    for (const answer of answers) {
      outcomes.add(answer.ok ? "ok" : answer.code);
    }
  }
  expect(outcomes.size).toBeGreaterThan(20);
});
