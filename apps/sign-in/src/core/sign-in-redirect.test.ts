import { createBrowserCookie } from "@sallyport/http";
import type { SignInRequest } from "@sallyport/interactions";
import { createTestIdp } from "@sallyport/saml/testing";
import { createBrowser } from "@sallyport/testing-browser";
import express from "express";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createSignIn } from "../index.ts";
import { createSignInFixture, type SignInFixture } from "../testing/sign-in-fixture.ts";

const OWN_PAGE = "https://gateway.example.test/sign-in/waiting";

const idp = createTestIdp();
let fixture: SignInFixture;
let connectionId: string;

/** Sends a browser on as the OpenID Provider does, which has our own page to fall back on. */
async function redirectToIdp(request: Partial<SignInRequest>) {
  const url = new URL("/redirect", fixture.publicUrl);
  url.search = new URLSearchParams({ request: JSON.stringify(request) }).toString();
  return createBrowser().get(url.href);
}

beforeAll(async () => {
  fixture = await createSignInFixture((deps) => {
    const signIn = createSignIn(deps);
    const router = express.Router();
    router.get("/redirect", async (req, res) => {
      const browser = createBrowserCookie(deps.publicUrl).ensure(req, res);
      const id = fixture.interactions.open(browser, JSON.parse(String(req.query.request)));
      const request = await deps.interactions.load({ id, browser });
      if (request !== null && (await signIn.signInRedirect.redirectToIdp(req, res, request))) {
        return;
      }
      res.redirect(303, OWN_PAGE);
    });
    return router.use(signIn.routes(deps.interactions));
  });
  const acme = await fixture.addOrganization("acme", ["acme.com"]);
  connectionId = await fixture.addSamlConnection(acme, idp);
  const bravo = await fixture.addOrganization("bravo", ["bravo.com"]);
  const settings = { issuer: "https://op.example.test", clientId: "c", clientSecret: "s" };
  await fixture.addOidcConnection(bravo, settings);
  const two = await fixture.addOrganization("two");
  await fixture.addSamlConnection(two, idp);
  await fixture.addSamlConnection(two, idp);
});
afterAll(() => fixture.close());

it.each<[string, Partial<SignInRequest>]>([
  ["an organization", { organization: "acme" }],
  ["a domain", { domain: "acme.com" }],
  ["an address", { loginHint: "ann@acme.com" }],
])("goes straight to the SAML IdP that %s leads to", async (_what, request) => {
  const page = await redirectToIdp(request);
  expect(page.location).toContain("https://idp.example.test/sso?SAMLRequest=");
  const { rows } = await fixture.database.sql.query(
    "SELECT outcome FROM login_records WHERE connection_id = $1 ORDER BY created_at DESC LIMIT 1",
    [connectionId],
  );
  expect(rows).toEqual([{ outcome: "started" }]);
});

it.each<[string, Partial<SignInRequest>]>([
  ["nothing says where to sign in", {}],
  ["there is a choice", { organization: "two" }],
  ["the IdP has to be discovered", { organization: "bravo" }],
  ["what was asked for does not exist", { organization: "nobody" }],
])("leaves it to our own page where %s", async (_why, request) => {
  expect((await redirectToIdp(request)).location).toBe(OWN_PAGE);
});
