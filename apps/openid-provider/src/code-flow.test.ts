import { decodeJwt, decodeProtectedHeader } from "jose";
import * as client from "openid-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AppVisit } from "./testing/app-visit.ts";
import { REDIRECT_URI, startTestOp, type TestOp } from "./testing/op.ts";

let test: TestOp;
beforeAll(async () => {
  test = await startTestOp();
});
afterAll(() => test.close());

describe("discovery", () => {
  it("leads an application everywhere, from the issuer alone", async () => {
    const discovered = await client.discovery(
      new URL(test.url),
      test.app.clientId,
      undefined,
      client.ClientSecretPost(test.app.secret ?? ""),
      { execute: [client.allowInsecureRequests] },
    );
    const metadata = discovered.serverMetadata();
    expect(metadata).toMatchObject(test.app.configuration.serverMetadata());
    expect(metadata).toMatchObject({
      response_types_supported: ["code"],
      code_challenge_methods_supported: ["S256"],
      subject_types_supported: ["public"],
      backchannel_logout_supported: true,
    });
  });
});

describe("the code flow", () => {
  it("carries the normalized session in every token", async () => {
    const visit = new AppVisit(test);
    const sessionId = await test.signIn();
    const tokens = await visit.signIn(sessionId);
    const identity = {
      sub: test.organization.userId,
      sid: sessionId,
      email: "ann@acme.com",
      email_verified: true,
      name: "Ann Ärger",
      given_name: "Ann",
      family_name: "Ärger",
      preferred_username: "ann",
      org_id: test.organization.id,
      org_slug: "acme",
      connection_id: test.organization.connectionId,
      connection_type: "saml",
      idp: "okta",
      roles: ["admin"],
      permissions: ["billing:read"],
      groups: ["Engineering"],
      amr: ["pwd"],
      acr: "urn:test:password",
      auth_time: expect.any(Number),
    };
    expect(tokens.claims()).toMatchObject({ ...identity, iss: test.url, aud: test.app.clientId });
    expect(decodeProtectedHeader(tokens.access_token)).toMatchObject({ typ: "at+jwt", alg: "ES256" });
    expect(decodeJwt(tokens.access_token)).toMatchObject({
      ...identity,
      iss: test.url,
      aud: test.app.clientId,
      client_id: test.app.clientId,
      scope: "openid profile email offline_access",
    });
    const info = await client.fetchUserInfo(
      test.app.configuration,
      tokens.access_token,
      test.organization.userId,
    );
    expect(info).toEqual(identity);
    expect(await client.tokenIntrospection(test.app.configuration, tokens.access_token)).toMatchObject({
      ...identity,
      active: true,
      client_id: test.app.clientId,
      token_type: "Bearer",
    });
  });

  it("names the session in the token response, too, where Keycloak looks for it", async () => {
    const tokens = await new AppVisit(test).signIn(await test.signIn());
    expect(tokens.session_state).toBe(tokens.claims()?.sid);
    const next = await client.refreshTokenGrant(test.app.configuration, tokens.refresh_token ?? "");
    expect(next.session_state).toBe(tokens.claims()?.sid);
    await expect(client.refreshTokenGrant(test.app.configuration, "none")).rejects.not.toHaveProperty(
      "session_state",
    );
  });

  it("works for a public client", async () => {
    const visit = new AppVisit(test, test.publicApp);
    const tokens = await visit.signIn(await test.signIn());
    expect(tokens.claims()?.sub).toBe(test.organization.userId);
  });

  it("gives an application that asks for openid alone no name and no email", async () => {
    const tokens = await new AppVisit(test).signIn(await test.signIn(), { scope: "openid" });
    expect(tokens.refresh_token).toBeUndefined();
    expect(tokens.claims()).toMatchObject({ org_slug: "acme", roles: ["admin"] });
    for (const claims of [tokens.claims(), decodeJwt(tokens.access_token)]) {
      expect(claims).not.toHaveProperty("email");
      expect(claims).not.toHaveProperty("name");
    }
  });

  it("signs a browser in to a second application without asking", async () => {
    const first = new AppVisit(test);
    const sessionId = await test.signIn();
    await first.signIn(sessionId);
    const second = new AppVisit(test, test.publicApp, first.browser);
    const tokens = await second.tokens(await second.start());
    expect(tokens.claims()?.sid).toBe(sessionId);
    const told = await test.database.prisma.sessionApplication.findMany({ where: { sessionId } });
    expect(told.map((row) => row.applicationId).sort()).toEqual([test.app.id, test.publicApp.id].sort());
  });

  it("works by a pushed authorization request, which is good once", async () => {
    const visit = new AppVisit(test);
    const url = await client.buildAuthorizationUrlWithPAR(
      test.app.configuration,
      await visit.parameters({ organization: "acme" }),
    );
    expect([...url.searchParams.keys()].sort()).toEqual(["client_id", "request_uri"]);
    const { url: page } = await visit.follow(url);
    const tokens = await visit.tokens(await visit.finish(page, await test.signIn()));
    expect(tokens.refresh_token).toBeDefined();
    const again = await visit.browser.get(url);
    expect(again.status).toBe(400);
    expect(again.body).toContain("request_uri is invalid, expired, or was already used");
  });

  it("returns the error of an aborted sign-in to the application", async () => {
    const visit = new AppVisit(test);
    const page = await visit.start();
    const resume = await test.op.interactions.abort(visit.keyOf(page), {
      code: "access_denied",
      description: "the person is not a member",
    });
    const { url } = await visit.follow(resume);
    expect(url.origin + url.pathname).toBe(REDIRECT_URI);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      error: "access_denied",
      error_description: "the person is not a member",
      iss: test.url,
    });
  });
});
