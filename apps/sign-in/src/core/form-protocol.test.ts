import { type Browser, createBrowser, type Page } from "@sallyport/testing-browser";
import express, { Router } from "express";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createSignIn } from "../index.ts";
import { createSignInFixture, type SignInFixture } from "../testing/sign-in-fixture.ts";
import { SignInFailure } from "./failures.ts";
import { completeLogin } from "./login.ts";
import type { ConnectionProtocol } from "./protocol.ts";

// A protocol that has no IdP to redirect to, as LDAP has none: it asks for a password on a form of ours. It stands in for
// the OpenID Connect one, under a path of its own: nothing but the list of protocols knows of it.

const PASSWORDS = new Map([["ann", "correct horse"]]);

const passwordProtocol: ConnectionProtocol = {
  type: "oidc",
  startsAtOnce: false,
  async start(connection, { id }) {
    return {
      send: {
        by: "form",
        action: `/sso/password/${connection.id}`,
        hidden: { state: id },
        form: {
          title: `Sign in with ${connection.name}`,
          button: "Sign in",
          fields: [
            { name: "username", label: "User name", type: "text", autocomplete: "username" },
            { name: "password", label: "Password", type: "password", autocomplete: "current-password" },
          ],
        },
      },
      state: { realm: connection.name },
      request: "the form",
    };
  },
  async verify({ protocolState: { realm }, connection }, response) {
    const form = new URLSearchParams(response);
    const username = form.get("username") ?? "";
    if (PASSWORDS.get(username) !== form.get("password")) {
      throw new SignInFailure("idp_refused", { response: `username: ${username}` });
    }
    return {
      identity: {
        issuer: connection.id,
        subject: username,
        email: `${username}@acme.com`,
        emailVerified: null,
        groups: [],
        groupsComplete: true,
        amr: ["pwd"],
        authTime: null,
        warnings: [],
      },
      assertion: null,
      response: `username: ${username}`,
      detail: { realm },
    };
  },
  show: (response) => `username: ${new URLSearchParams(response).get("username")}`,
  routes(context) {
    const router = Router();
    router.post("/sso/password/:connectionId", express.text({ type: "*/*" }), async (req, res) => {
      const { connectionId } = req.params;
      const response = String(req.body);
      const state = new URLSearchParams(response).get("state");
      await completeLogin(context, req, res, { type: "oidc", connectionId, state, response });
    });
    return router;
  },
};

let fixture: SignInFixture;
let connectionId: string;

beforeAll(async () => {
  fixture = await createSignInFixture((deps) =>
    createSignIn(deps, { protocols: [passwordProtocol] }).routes(deps.interactions),
  );
  const acme = await fixture.addOrganization("acme", ["acme.com"]);
  const settings = { issuer: "https://unused.example.test", clientId: "c", clientSecret: "s" };
  connectionId = await fixture.addOidcConnection(acme, settings, { name: "Acme's directory" });
});
afterAll(() => fixture.close());

async function fillIn(browser: Browser, page: Page, fields: Record<string, string>): Promise<Page> {
  return browser.post(page.form?.action ?? "", { ...page.form?.fields, ...fields });
}

async function lastRecord() {
  return fixture.database.prisma.loginRecord.findFirst({
    where: { connectionId },
    orderBy: { createdAt: "desc" },
  });
}

it("signs in by a form of ours in place of a redirect to an IdP", async () => {
  const browser = createBrowser();
  const page = await fixture.visit(browser, { connection: connectionId });
  expect(page.status).toBe(200);
  expect(page.body).toContain("Acme&#39;s directory");
  expect(Object.keys(page.form?.fields ?? {})).toEqual(["state", "username", "password"]);

  const done = await fillIn(browser, page, { username: "ann", password: "correct horse" });
  expect(done.location).toContain("https://app.example.test/callback?session=");
  expect(await lastRecord()).toMatchObject({
    outcome: "success",
    request: "the form",
    response: "username: ann",
    steps: [
      { name: "started" },
      { name: "redirected", detail: { by: "form" } },
      { name: "response_received" },
      { name: "validated", detail: { realm: "Acme's directory" } },
      { name: "normalized" },
      { name: "signed_in" },
    ],
  });
});

it("ends on a page where the form's answer is wrong, and lets the person try again", async () => {
  const browser = createBrowser();
  const page = await fixture.visit(browser, { connection: connectionId });
  const refused = await fillIn(browser, page, { username: "ann", password: "battery staple" });
  expect([refused.status, refused.location]).toEqual([403, ""]);
  expect(await lastRecord()).toMatchObject({ outcome: "failure", errorCode: "idp_refused" });

  const again = await browser.get(`${fixture.publicUrl}/sign-in/${page.interactionId}`);
  const done = await fillIn(browser, again, { username: "ann", password: "correct horse" });
  expect(done.location).toContain("https://app.example.test/callback?session=");
});

it("takes the form from the browser that it was given to, once", async () => {
  const browser = createBrowser();
  const page = await fixture.visit(browser, { connection: connectionId });
  const right = { username: "ann", password: "correct horse" };
  expect((await fillIn(createBrowser(), page, right)).status).toBe(403);
  expect((await fillIn(browser, page, right)).status).toBe(303);
  expect((await fillIn(browser, page, right)).status).toBe(400);
});
