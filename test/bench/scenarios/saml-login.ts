import { besidePolis } from "../scenario.ts";
import { PEOPLE } from "./people.ts";
import { addSamlPeople } from "./saml-site.ts";

/** authorize, sign-in, the IdP's signed response, ACS, code, tokens, userinfo: each in a browser without cookies. */
export const samlLogin = besidePolis(
  { name: "saml-login", title: "SAML login", unit: "login", target: 8 },
  async (subject) => {
    const { login } = await addSamlPeople(subject, "saml-login");
    return {
      measured: subject,
      warmUp: (load) => load.each(Array(PEOPLE), login),
      round: (load) => load.forSeconds(login),
    };
  },
);
