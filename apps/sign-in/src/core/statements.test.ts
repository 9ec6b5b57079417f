import { oidcRedirectUri } from "@sallyport/connections";
import { statementsOf as statementsIn } from "@sallyport/database/testing";
import { createTestIdp } from "@sallyport/saml/testing";
import { createBrowser } from "@sallyport/testing-browser";
import { afterAll, beforeAll, expect, it } from "vitest";
import { answerSaml, postSaml, startSaml } from "../testing/saml-login.ts";
import { createSignInFixture, type SignInFixture } from "../testing/sign-in-fixture.ts";
import { createUpstreamOp, type UpstreamOp } from "../testing/upstream-op.ts";

/** Every statement costs a round trip: five, each a transaction of its own. A change that adds one says so here. */
const START = ["sign_in_candidates_connection", "login_request_store"];
const ANSWER = ["login_request_consume", "sign_in_look_up", "sign_in_record"];

const idp = createTestIdp();
let fixture: SignInFixture;
let upstream: UpstreamOp;
let organizationId: string;

beforeAll(async () => {
  fixture = await createSignInFixture();
  upstream = await createUpstreamOp();
  organizationId = await fixture.addOrganization("acme", ["acme.com"]);
});
afterAll(async () => {
  await upstream.close();
  await fixture.close();
});

const statementsOf = (work: () => Promise<unknown>) => statementsIn(fixture.database.pool, work);

it("takes five for a SAML login of somebody known", async () => {
  const connectionId = await fixture.addSamlConnection(organizationId, idp);
  const login = async () => {
    const browser = createBrowser();
    let request = { connectionId, id: "", relayState: "" };
    const start = await statementsOf(async () => {
      request = await startSaml(fixture, browser, connectionId);
    });
    const response = answerSaml(fixture, idp, request, {
      nameId: "jo@acme.com",
      attributes: { groups: ["A"] },
    });
    const answer = await statementsOf(async () => {
      expect((await postSaml(fixture, browser, request, response)).status).toBe(303);
    });
    return { start, answer };
  };
  await login();
  expect(await login()).toEqual({ start: START, answer: ANSWER });
});

it("takes five for an OpenID Connect login of somebody known", async () => {
  const { issuer, clientId, clientSecret } = upstream;
  const connectionId = await fixture.addOidcConnection(organizationId, { issuer, clientId, clientSecret });
  upstream.allow(oidcRedirectUri(fixture.publicUrl, connectionId));
  upstream.person = { sub: "jo", claims: { email: "jo@acme.com" } };
  const login = async () => {
    const browser = createBrowser();
    let callback = "";
    const start = await statementsOf(async () => {
      callback = await upstream.authenticate(
        browser,
        await fixture.visit(browser, { connection: connectionId }),
      );
    });
    const answer = await statementsOf(async () => {
      expect((await browser.get(callback)).status).toBe(303);
    });
    return { start, answer };
  };
  await login();
  expect(await login()).toEqual({ start: START, answer: ANSWER });
});
