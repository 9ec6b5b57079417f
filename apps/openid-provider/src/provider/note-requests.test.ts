import { readApplicationCheck } from "@sallyport/application-checks";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { AppVisit } from "../testing/app-visit.ts";
import { REDIRECT_URI, startTestOp, type TestOp } from "../testing/op.ts";

let test: TestOp;
beforeAll(async () => {
  test = await startTestOp();
});
afterAll(() => test.close());

const check = (id = test.app.id) => readApplicationCheck(test.database.sql, id);

async function askForToken(more: Record<string, string>): Promise<string | undefined> {
  const { clientId, secret } = test.app;
  const body = new URLSearchParams({ client_id: clientId, client_secret: secret ?? "", ...more });
  const response = await fetch(`${test.url}/oauth2/token`, { method: "POST", body });
  return ((await response.json()) as { error?: string }).error;
}

it("shows what the application asked for, and nothing of the person", async () => {
  const visit = new AppVisit(test);
  const more = { prompt: "login", login_hint: "ann@acme.com", organization: "acme" };
  await visit.tokens(await visit.finish(await visit.start(more), await test.signIn()));
  await vi.waitFor(async () =>
    expect((await check()).lastRequest).toEqual({
      at: expect.any(String),
      redirectUri: REDIRECT_URI,
      responseType: "code",
      scope: "openid profile email offline_access",
      prompt: "login",
      codeChallengeMethod: "S256",
      refused: null,
    }),
  );
  const { nonce = "", state = "" } = await visit.parameters();
  const stored = JSON.stringify(await test.database.prisma.applicationCheck.findMany());
  for (const secret of ["ann@", nonce, state, test.organization.userId]) {
    expect(stored).not.toContain(secret);
  }
});

it("shows why a request was refused, though the application never hears of it", async () => {
  const url = await new AppVisit(test).authorizationUrl({ redirect_uri: "https://app.example.com/calback" });
  expect((await fetch(url)).status).toBe(400);
  await vi.waitFor(async () =>
    expect((await check()).lastRequest).toMatchObject({
      redirectUri: "https://app.example.com/calback",
      refused: { error: "invalid_redirect_uri", description: expect.stringContaining("redirect_uri") },
    }),
  );
});

it.each<[string, Record<string, string>, string, RegExp]>([
  ["a wrong secret", { grant_type: "refresh_token", client_secret: "wrong" }, "invalid_client", /secret/],
  [
    "a code that is none",
    { grant_type: "authorization_code", code: "x", redirect_uri: REDIRECT_URI },
    "invalid_grant",
    /code/,
  ],
  [
    "a refresh token that is none",
    { grant_type: "refresh_token", refresh_token: "x" },
    "invalid_grant",
    /refresh token not found/,
  ],
  ["an unknown grant", { grant_type: "password" }, "unsupported_grant_type", /grant_type/],
])("shows why the token endpoint refused it: %s", async (_name, more, error, reason) => {
  expect(await askForToken(more)).toBe(error);
  await vi.waitFor(async () => {
    expect((await check()).lastTokenError).toEqual({
      at: expect.any(String),
      grantType: more.grant_type,
      error,
      reason: expect.stringMatching(reason),
    });
  });
});

it("costs no request a statement of its own: what came is written later, together", async () => {
  const quiet = await startTestOp({ checkAfterMs: 3_600_000 });
  const visit = new AppVisit(quiet);
  await visit.signIn(await quiet.signIn());
  expect(await quiet.database.prisma.applicationCheck.count()).toBe(0);
  await quiet.close();
});
