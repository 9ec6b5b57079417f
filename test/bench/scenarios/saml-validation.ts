import { SAML } from "@node-saml/node-saml";
import { type SamlResult, validateResponse } from "@sallyport/saml";
import { createTestIdp } from "@sallyport/saml/testing";
import type { Scenario, Workload } from "../scenario.ts";
import { loginAt } from "./saml-site.ts";

type Signed = "assertion" | "response" | "both";
type Validate = (response: string) => Promise<unknown> | SamlResult;

const SP = { spEntityId: "https://sp.bench.test/saml", acsUrl: "https://sp.bench.test/saml/acs" };
const RESPONSES = 200;
const REQUEST_ID = "_request";

/** Validation of a response and nothing else, in this process, by our library and by node-saml. */
export const samlValidation: readonly Scenario[] = [
  scenario("assertion", "assertion signed"),
  scenario("response", "response signed"),
  scenario("both", "both signed"),
];

function scenario(signed: Signed, how: string): Scenario {
  const idp = createTestIdp();
  const { spEntityId: audience, acsUrl } = SP;
  const ours: Validate = (response) => {
    const result = validateResponse({
      response,
      expected: { idpEntityId: idp.entityId, audience, acsUrl, inResponseTo: REQUEST_ID },
      certificates: [idp.certificate],
      now: new Date(),
    });
    if (!result.ok) {
      throw new Error(result.message);
    }
    return result;
  };
  const nodeSaml = new SAML({
    callbackUrl: acsUrl,
    issuer: audience,
    audience,
    idpIssuer: idp.entityId,
    idpCert: idp.certificate,
    wantAssertionsSigned: signed !== "response",
    wantAuthnResponseSigned: signed !== "assertion",
  });
  const responses = Array.from({ length: RESPONSES }, (_, index) =>
    idp.signResponse({
      ...loginAt(SP, `person-${index}@bench.test`),
      inResponseTo: REQUEST_ID,
      lifetimeMs: 3_600_000,
      sign: signed,
    }),
  );
  return {
    name: `saml-validation-${signed}`,
    title: `SAML validation, ${how}`,
    unit: "validation",
    concurrency: 1, // both compute, and wait for nothing
    prepare: async () => validations(responses, ours),
    peer: {
      name: "node-saml",
      target: 15,
      prepare: async () =>
        validations(responses, (SAMLResponse) => nodeSaml.validatePostResponseAsync({ SAMLResponse })),
    },
  };
}

function validations(responses: readonly string[], validate: Validate): Workload {
  let turn = 0;
  const next = async () => {
    await validate(responses[turn++ % responses.length] ?? "");
  };
  return {
    measured: { pid: process.pid },
    warmUp: (load) => load.each(Array(RESPONSES), next),
    round: (load) => load.forSeconds(next),
  };
}
