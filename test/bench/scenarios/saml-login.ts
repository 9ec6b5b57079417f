import { inflateRawSync } from "node:zlib";
import { createTestIdp, type TestIdp } from "@sallyport/saml/testing";
import type { Scenario } from "../scenario.ts";
import { createBrowser, submitForm } from "../world/browser.ts";
import { expectStatus } from "../world/http.ts";
import type { SamlConnection } from "../world/management.ts";
import { CALLBACK, createRelyingApp } from "../world/relying-app.ts";
import { PEOPLE, takeTurns } from "./people.ts";

const SLUG = "saml-login";
const DOMAIN = "saml.bench.test";

/** authorize, sign-in, the IdP's signed response, ACS, code, tokens, userinfo: each in a browser without cookies. */
export const samlLogin: Scenario = {
  name: "saml-login",
  title: "SAML login",
  unit: "login",
  async prepare({ gateway, http, management }) {
    const idp = createTestIdp();
    await management.addOrganization(SLUG, DOMAIN);
    const connection = await management.addSamlConnection(SLUG, idp.metadata());
    const app = createRelyingApp(http, gateway.url, await management.addApplication(SLUG, CALLBACK));
    const nextEmail = takeTurns(DOMAIN);

    const login = async () => {
      const email = nextEmail();
      const browser = createBrowser(http);
      const signIn = await app.start(browser, SLUG, email);
      const form = answerRequest(idp, connection, signIn.page.location, email);
      const page = await browser.post(connection.saml.acsUrl, form, "fromOtherSite");
      // Without our cookie, which a foreign post does not carry, the ACS has the browser post again.
      expectStatus(page, 200, "the ACS");
      const told = await app.finish(browser, signIn, await submitForm(browser, page));
      if (told !== email) throw new Error(`${email} was signed in as ${told}`);
    };
    return {
      warmUp: (load) => load.each(Array(PEOPLE), login),
      round: async (load) => {
        await load.forSeconds(login);
        return {};
      },
    };
  },
};

/** What the IdP's page posts, for the AuthnRequest in the URL that the browser was sent to. */
function answerRequest(idp: TestIdp, { saml }: SamlConnection, url: string, email: string) {
  const { searchParams } = new URL(url);
  const request = inflateRawSync(Buffer.from(searchParams.get("SAMLRequest") ?? "", "base64")).toString();
  const response = idp.signResponse({
    audience: saml.spEntityId,
    acsUrl: saml.acsUrl,
    inResponseTo: / ID="([^"]+)"/.exec(request)?.[1],
    nameId: email,
    attributes: { firstName: "Jo", lastName: "Example", email, groups: ["Engineering", "Everyone"] },
  });
  return { SAMLResponse: response, RelayState: searchParams.get("RelayState") ?? "" };
}
