import { oidcRedirectUri } from "@sallyport/connections";
import { createTestIdp } from "@sallyport/saml/testing";
import { createBrowser } from "@sallyport/testing-browser";
import { afterAll, beforeAll, expect, it, type MockInstance, vi } from "vitest";
import { answerSaml, postSaml, startSaml } from "../testing/saml-login.ts";
import { createSignInFixture, type SignInFixture } from "../testing/sign-in-fixture.ts";
import { createUpstreamOp, type UpstreamOp } from "../testing/upstream-op.ts";

/** Every statement costs a round trip: five, each a transaction of its own. A change that adds one says so here. */
const START = ["sign_in_candidates_connection", "login_request_store"];
const ANSWER = ["login_request_consume", "sign_in_look_up", "sign_in_record"];

/** A connection, as far as a test listens in on it. */
interface Listened {
  query(statement: string | { readonly name?: string; readonly text: string }): unknown;
}

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

/** Names of the prepared statements, and texts of the others, that `work` ran. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const spies = new Map<Listened, MockInstance<Listened["query"]>>();
  const watch = (client: Listened) => {
    if (!spies.has(client)) {
      spies.set(client, vi.spyOn(client, "query"));
    }
  };
  fixture.database.pool.on("acquire", watch);
  try {
    await work();
    const calls = [...spies.values()].flatMap(({ mock }) =>
      mock.calls.map(([statement], n) => ({ statement, order: mock.invocationCallOrder[n] ?? 0 })),
    );
    return calls
      .sort((one, other) => one.order - other.order)
      .map(({ statement }) =>
        typeof statement === "string" ? statement : (statement.name ?? statement.text),
      );
  } finally {
    fixture.database.pool.off("acquire", watch);
    for (const spy of spies.values()) {
      spy.mockRestore();
    }
  }
}

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
