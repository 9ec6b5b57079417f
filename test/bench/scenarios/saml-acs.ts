import { besidePolis, type Scenario } from "../scenario.ts";
import { PEOPLE } from "./people.ts";
import { addSamlPeople, type SamlAnswer } from "./saml-site.ts";

const RESPONSES = 500;

/**
 * The IdP's response alone: posted to the ACS until that redirects. Polis' ACS sends the browser to the application, with
 * the code; ours sends it on to the OpenID Provider, whose answer brings the code.
 */
export const samlAcs: Scenario = responses("saml-acs", "SAML ACS", "post");

/** The same up to the code, so that both have done the same work. */
export const samlCode: Scenario = responses("saml-code", "SAML response to code", "code");

function responses(name: string, title: string, until: "post" | "code"): Scenario {
  return besidePolis({ name, title, unit: "response", target: 10 }, async (subject) => {
    const people = await addSamlPeople(subject, name);
    let staged: SamlAnswer[] = [];
    const take = async (answer: SamlAnswer) => {
      const page = await people.post(answer);
      if (until === "code") {
        await people.receive(answer, page);
      }
    };
    return {
      measured: subject,
      warmUp: (load) => load.each(Array(PEOPLE), async () => take(await people.begin())),
      async stage(load) {
        staged = [];
        await load.each(Array(RESPONSES), async () => {
          staged.push(await people.begin());
        });
      },
      round: (load) => load.each(staged, take),
    };
  });
}
