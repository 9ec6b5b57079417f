import { createBrowser, followWithin } from "@sallyport/testing-browser";
import type { Scenario } from "../scenario.ts";
import { CALLBACK, createRelyingApp, gatewayOp } from "../world/relying-app.ts";
import { startUpstreamOp } from "../world/upstream-op.ts";
import { PEOPLE, takeTurns } from "./people.ts";

const SLUG = "oidc-login";
const DOMAIN = "oidc.bench.test";

/** authorize, sign-in at the upstream OP, callback, code, tokens, userinfo: each in a browser without cookies. */
export const oidcLogin: Scenario = {
  name: "oidc-login",
  title: "OIDC login",
  unit: "login",
  async prepare({ gateway, http, management, sallyport }) {
    const upstream = await startUpstreamOp();
    await management.addOrganization(SLUG, DOMAIN);
    const { issuer, clientId, clientSecret } = upstream;
    const connection = await management.addOidcConnection(SLUG, { issuer, clientId, clientSecret });
    await upstream.allow(connection.oidc.redirectUri);
    const application = await management.addApplication(SLUG, CALLBACK);
    const app = createRelyingApp(http, gatewayOp(gateway.url), application, { organization: SLUG });
    const nextEmail = takeTurns(DOMAIN);

    const login = async () => {
      const email = nextEmail();
      const browser = createBrowser(http);
      const signIn = await app.start(browser, email);
      const back = await followWithin(browser, await browser.get(signIn.page.location), issuer);
      const told = await app.finish(browser, signIn, await browser.get(back.location));
      if (told !== email) {
        throw new Error(`${email} was signed in as ${told}`);
      }
    };
    return {
      measured: sallyport,
      warmUp: (load) => load.each(Array(PEOPLE), login),
      round: (load) => load.forSeconds(login),
      close: upstream.close,
    };
  },
};
