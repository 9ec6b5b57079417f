import { revokeSessions } from "@sallyport/sessions";
import { decodeJwt, decodeProtectedHeader } from "jose";
import * as client from "openid-client";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { AppVisit } from "../testing/app-visit.ts";
import { startTestOp, type TestOp } from "../testing/op.ts";

type Tokens = Awaited<ReturnType<AppVisit["signIn"]>>;

let test: TestOp;
let sessionId: string;
let tokens: Tokens;

beforeAll(async () => {
  test = await startTestOp();
});
afterAll(() => test.close());
beforeEach(async () => {
  sessionId = await test.signIn();
  tokens = await new AppVisit(test).signIn(sessionId);
});

const refreshTokenOf = (from: { refresh_token?: string }) => {
  if (from.refresh_token === undefined) {
    throw new Error("There is no refresh token");
  }
  return from.refresh_token;
};
const refresh = (token: string, app = test.app) => client.refreshTokenGrant(app.configuration, token);
const introspect = (token: string, app = test.app) => client.tokenIntrospection(app.configuration, token);
const userinfo = (token: string) =>
  client.fetchUserInfo(test.app.configuration, token, test.organization.userId);
const refused = (error: string) => expect.objectContaining({ error });

async function endSession(): Promise<void> {
  const revoked = await test.database.transaction((sql) =>
    revokeSessions(
      sql,
      test.organization.id,
      { sessionIds: [sessionId] },
      { reason: "test", actor: { type: "system" }, now: new Date() },
    ),
  );
  expect(revoked).toHaveLength(1);
}

async function expectDead(accessToken: string): Promise<void> {
  expect(await introspect(accessToken)).toEqual({ active: false });
  await expect(userinfo(accessToken)).rejects.toThrow();
}

describe("a refresh token", () => {
  it("gives new tokens of the session as it is now, and a successor", async () => {
    await test.database.prisma.user.update({
      where: { id: test.organization.userId },
      data: { name: "Ann Baker" },
    });
    const next = await refresh(refreshTokenOf(tokens));
    expect(next.claims()).toMatchObject({ sub: test.organization.userId, sid: sessionId, name: "Ann Baker" });
    expect(next.refresh_token).not.toBe(tokens.refresh_token);
    expect(await introspect(next.access_token)).toMatchObject({ active: true, name: "Ann Baker" });
    expect(await introspect(refreshTokenOf(next))).toMatchObject({
      active: true,
      sub: test.organization.userId,
      sid: sessionId,
    });
    await refresh(refreshTokenOf(next));
  });

  it("used twice ends the whole authorization, and leaves an audit event", async () => {
    const next = await refresh(refreshTokenOf(tokens));
    test.passTime(20_000);
    await expect(refresh(refreshTokenOf(tokens))).rejects.toEqual(refused("invalid_grant"));
    test.passTime(-20_000);
    await expect(refresh(refreshTokenOf(next))).rejects.toEqual(refused("invalid_grant"));
    await expectDead(next.access_token);
    const event = await test.database.prisma.event.findFirstOrThrow({
      where: { type: "session.token_revoked", resourceId: sessionId },
    });
    expect(event).toMatchObject({ organizationId: test.organization.id, data: { reason: "used_twice" } });
  });

  // None, where a request that came too late ended the grant before the first was answered.
  it("of a public client, used by twenty requests at once, serves one at most, and dies", async () => {
    const given = await new AppVisit(test, test.publicApp).signIn(sessionId);
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, () => refresh(refreshTokenOf(given), test.publicApp)),
    );
    const served = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    expect(served.length).toBeLessThanOrEqual(1);
    for (const next of served) {
      await expect(refresh(refreshTokenOf(next), test.publicApp)).rejects.toEqual(refused("invalid_grant"));
    }
  });

  it("serves its own application only", async () => {
    const other = await test.addApp();
    await expect(refresh(refreshTokenOf(tokens), other)).rejects.toEqual(refused("invalid_grant"));
    expect(await introspect(refreshTokenOf(tokens), other)).toEqual({ active: false });
    await refresh(refreshTokenOf(tokens));
  });
});

describe("a code", () => {
  it("used by twenty requests at once serves one at most, and the reuse ends what it gave", async () => {
    const visit = new AppVisit(test);
    const callback = await visit.finish(await visit.start(), sessionId);
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => visit.tokens(callback)));
    const served = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    expect(served.length).toBeLessThanOrEqual(1);
    await expect(visit.tokens(callback)).rejects.toEqual(refused("invalid_grant"));
    for (const given of served) {
      await expectDead(given.access_token);
      await expect(refresh(refreshTokenOf(given))).rejects.toEqual(refused("invalid_grant"));
    }
    expect(await introspect(tokens.access_token)).toMatchObject({ active: true }); // another authorization
  });

  it("dies with its session, before it was used", async () => {
    const visit = new AppVisit(test);
    const callback = await visit.finish(await visit.start(), sessionId);
    await endSession();
    await expect(visit.tokens(callback)).rejects.toEqual(refused("invalid_grant"));
  });
});

describe("a session's end", () => {
  it("ends every token of it at once", async () => {
    const next = await refresh(refreshTokenOf(tokens));
    await endSession();
    await expectDead(tokens.access_token);
    await expectDead(next.access_token);
    expect(await introspect(refreshTokenOf(next))).toEqual({ active: false });
    await expect(refresh(refreshTokenOf(next))).rejects.toEqual(refused("invalid_grant"));
  });

  it("comes with the membership's suspension, too", async () => {
    const where = { userId: test.organization.userId };
    await test.database.prisma.membership.update({ where, data: { status: "suspended" } });
    await expectDead(tokens.access_token);
    await expect(refresh(refreshTokenOf(tokens))).rejects.toEqual(refused("invalid_grant"));
    await test.database.prisma.membership.update({ where, data: { status: "active" } });
  });

  it("leaves no token that outlives it", async () => {
    const expiresAt = new Date(Date.now() + 90_000);
    await test.database.prisma.session.update({ where: { id: sessionId }, data: { expiresAt } });
    const next = await refresh(refreshTokenOf(tokens));
    const latest = Math.floor(expiresAt.getTime() / 1000) + 1;
    expect(decodeJwt(next.access_token).exp).toBeLessThanOrEqual(latest);
    expect(next.claims()?.exp).toBeLessThanOrEqual(latest);
    expect((await introspect(refreshTokenOf(next))).exp).toBeLessThanOrEqual(latest);
  });
});

describe("revocation", () => {
  it("of an access token ends that one", async () => {
    await client.tokenRevocation(test.app.configuration, tokens.access_token);
    await expectDead(tokens.access_token);
    expect(await introspect((await refresh(refreshTokenOf(tokens))).access_token)).toMatchObject({
      active: true,
    });
  });

  it("of a refresh token ends all of its authorization, and no other", async () => {
    const other = await new AppVisit(test).signIn(sessionId);
    await client.tokenRevocation(test.app.configuration, refreshTokenOf(tokens));
    await expectDead(tokens.access_token);
    await expect(refresh(refreshTokenOf(tokens))).rejects.toEqual(refused("invalid_grant"));
    expect(await introspect(other.access_token)).toMatchObject({ active: true });
  });

  it("is for the token's own application; unknown tokens are as good as revoked", async () => {
    const other = await test.addApp();
    for (const token of [tokens.access_token, refreshTokenOf(tokens)]) {
      await expect(client.tokenRevocation(other.configuration, token)).rejects.toEqual(
        refused("invalid_grant"),
      );
      expect(await introspect(token)).toMatchObject({ active: true });
    }
    await client.tokenRevocation(other.configuration, "no-such-token");
    await client.tokenRevocation(other.configuration, "no.such.token");
  });

  it("is open to public clients", async () => {
    const given = await new AppVisit(test, test.publicApp).signIn(sessionId);
    await client.tokenRevocation(test.publicApp.configuration, given.access_token);
    await expect(userinfo(given.access_token)).rejects.toThrow();
  });
});

describe("introspection", () => {
  it("is closed to public clients, to wrong secrets, and to other applications' tokens", async () => {
    await expect(introspect(tokens.access_token, test.publicApp)).rejects.toEqual(refused("invalid_client"));
    expect(await introspect(tokens.access_token, await test.addApp())).toEqual({ active: false });
    const wrong = new client.Configuration(
      test.app.configuration.serverMetadata(),
      test.app.clientId,
      undefined,
      client.ClientSecretPost("wrong"),
    );
    client.allowInsecureRequests(wrong);
    await expect(client.tokenIntrospection(wrong, tokens.access_token)).rejects.toEqual(
      refused("invalid_client"),
    );
  });

  it("calls an ID token, garbage and a tampered token inactive", async () => {
    const { id_token = "" } = tokens;
    for (const token of [id_token, "garbage", "a.b.c", `${tokens.access_token.slice(0, -5)}AAAAA`]) {
      expect(await introspect(token)).toEqual({ active: false });
    }
  });

  it("follows expiry", async () => {
    test.passTime(11 * 60_000);
    expect(await introspect(tokens.access_token)).toEqual({ active: false });
    test.passTime(-11 * 60_000);
  });
});

describe("the store", () => {
  it("holds no code, no refresh token and no cookie that could be used", async () => {
    const visit = new AppVisit(test);
    const callback = await visit.finish(await visit.start(), sessionId);
    await new AppVisit(test, test.app, visit.browser).start({ organization: "another" });
    const rows = JSON.stringify(await test.database.prisma.opArtifact.findMany());
    const secrets = [callback.searchParams.get("code") ?? "-", refreshTokenOf(tokens)];
    secrets.push(...visit.browser.cookies.held(test.url).map(({ value }) => value));
    expect(secrets.length).toBeGreaterThan(3);
    for (const secret of secrets) {
      expect(rows).not.toContain(secret);
    }
  });
});

describe("a key rotation", () => {
  it("needs no restart: old tokens still verify, new ones carry the new key", async () => {
    const underWay = new AppVisit(test);
    const page = await underWay.start();
    const kids = await test.keys.rotate({ immediately: true });
    expect(await introspect(tokens.access_token)).toMatchObject({ active: true });
    const next = await refresh(refreshTokenOf(tokens));
    const header = JSON.parse(
      Buffer.from(next.access_token.split(".")[0] ?? "", "base64url").toString(),
    ) as unknown;
    expect(header).toMatchObject({ kid: kids.ES256 });
    expect(decodeProtectedHeader(next.id_token ?? "")).toMatchObject({ alg: "RS256", kid: kids.RS256 });
    expect(await introspect(next.access_token)).toMatchObject({ active: true });
    const jwks = (await (await fetch(`${test.url}/.well-known/jwks.json`)).json()) as { keys: object[] };
    expect(jwks.keys).toHaveLength(4); // of each algorithm the old and the new one
    expect(JSON.stringify(jwks)).not.toContain('"d"');
    await underWay.tokens(await underWay.finish(page, sessionId));
  });
});

describe("a distrusted key", () => {
  it("takes along what it signed, wherever that is shown; what needs no signature stays", async () => {
    const { kid = "" } = decodeProtectedHeader(tokens.access_token);
    await test.keys.distrust(kid);
    await expectDead(tokens.access_token);
    await client.tokenRevocation(test.app.configuration, tokens.access_token); // as one that never was
    const next = await refresh(refreshTokenOf(tokens));
    expect(decodeProtectedHeader(next.access_token).kid).not.toBe(kid);
    expect(await introspect(next.access_token)).toMatchObject({ active: true, sid: sessionId });
  });
});

describe("forward authentication", () => {
  const ask = (authorization?: string) =>
    fetch(
      `${test.url}/session/verify?audience=${test.app.clientId}`,
      authorization === undefined ? {} : { headers: { authorization } },
    );

  it("names the person in headers, or says 401", async () => {
    const yes = await ask(`Bearer ${tokens.access_token}`);
    expect(yes.status).toBe(200);
    expect(Object.fromEntries(yes.headers)).toMatchObject({
      "x-auth-subject": test.organization.userId,
      "x-auth-session": sessionId,
      "x-auth-email": "ann@acme.com",
      "x-auth-email-verified": "true",
      "x-auth-name": "Ann%20Baker",
      "x-auth-org": test.organization.id,
      "x-auth-org-slug": "acme",
      "x-auth-roles": "admin",
      "x-auth-permissions": "billing:read",
      "x-auth-groups": "Engineering",
    });
    await endSession();
    for (const header of [`Bearer ${tokens.access_token}`, "Bearer x", "Basic eDp5", undefined]) {
      const no = await ask(header);
      expect(no.status).toBe(401);
      expect(no.headers.get("www-authenticate")).toContain("Bearer");
      expect(no.headers.get("x-auth-subject")).toBeNull();
    }
  });
});
