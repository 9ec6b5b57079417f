import type { SigningAlgorithm } from "@sallyport/signing-keys";
import { createBrowser } from "@sallyport/testing-browser";
import { decodeProtectedHeader } from "jose";
import * as client from "openid-client";
import { generators, Issuer } from "openid-client-5";
import { afterAll, beforeAll, expect, it } from "vitest";
import { AppVisit } from "./testing/app-visit.ts";
import { REDIRECT_URI, startTestOp, type TestApp, type TestOp } from "./testing/op.ts";

let test: TestOp;
beforeAll(async () => {
  test = await startTestOp();
});
afterAll(() => test.close());

async function appWith(algorithms: {
  idToken?: SigningAlgorithm;
  accessToken?: SigningAlgorithm;
}): Promise<TestApp> {
  const app = await test.addApp();
  const { idToken, accessToken } = algorithms;
  await test.database.prisma.application.update({
    where: { id: app.id },
    data: {
      ...(idToken && { idTokenSigningAlg: idToken }),
      ...(accessToken && { accessTokenSigningAlg: accessToken }),
    },
  });
  return app;
}

/** A whole sign-in by openid-client 5 as it comes: it takes RS256 alone, unless it is told. */
async function signInByOldClient(app: TestApp) {
  const issuer = await Issuer.discover(test.url);
  const rp = new issuer.Client({
    client_id: app.clientId,
    client_secret: app.secret ?? "",
    redirect_uris: [REDIRECT_URI],
    response_types: ["code"],
  });
  const checks = {
    code_verifier: generators.codeVerifier(),
    state: generators.state(),
    nonce: generators.nonce(),
  };
  const browser = createBrowser();
  const visit = new AppVisit(test, app, browser);
  const address = rp.authorizationUrl({
    scope: "openid profile offline_access",
    code_challenge: generators.codeChallenge(checks.code_verifier),
    code_challenge_method: "S256",
    state: checks.state,
    nonce: checks.nonce,
  });
  const page = (await visit.follow(address)).url;
  const callback = await visit.finish(page, await test.signIn());
  const tokens = await rp.callback(REDIRECT_URI, rp.callbackParams(callback.href), checks);
  return { rp, tokens };
}

it("signs in a relying party that takes RS256 alone, and refreshes, with nothing set", async () => {
  const { rp, tokens } = await signInByOldClient(test.app);
  expect(tokens.claims().sub).toBe(test.organization.userId);
  expect(decodeProtectedHeader(tokens.id_token ?? "").alg).toBe("RS256");
  expect(decodeProtectedHeader(tokens.access_token ?? "").alg).toBe("ES256");
  const next = await rp.refresh(tokens);
  expect(next.claims().sub).toBe(test.organization.userId);
  expect((await rp.userinfo(next)).name).toBe("Ann Ärger");
});

it("is refused by it where the application was set to ES256: what was so for all before", async () => {
  await expect(signInByOldClient(await appWith({ idToken: "ES256" }))).rejects.toThrow(
    "unexpected JWT alg received, expected RS256, got: ES256",
  );
});

it.each<[SigningAlgorithm, SigningAlgorithm]>([
  ["RS256", "ES256"],
  ["ES256", "ES256"],
  ["ES256", "RS256"],
  ["RS256", "RS256"],
])("signs ID tokens by %s and access tokens by %s as the application says", async (idToken, accessToken) => {
  const app = await appWith({ idToken, accessToken });
  const tokens = await new AppVisit(test, app).signIn(await test.signIn());
  expect(decodeProtectedHeader(tokens.id_token ?? "").alg).toBe(idToken);
  expect(decodeProtectedHeader(tokens.access_token).alg).toBe(accessToken);
  const active = await client.tokenIntrospection(app.configuration, tokens.access_token);
  expect(active).toMatchObject({ active: true });
  await client.fetchUserInfo(app.configuration, tokens.access_token, test.organization.userId);
  const refreshed = await client.refreshTokenGrant(app.configuration, tokens.refresh_token ?? "");
  expect(decodeProtectedHeader(refreshed.id_token ?? "").alg).toBe(idToken);
  const silent = new AppVisit(test, app);
  const page = await silent.start({ id_token_hint: tokens.id_token ?? "" });
  expect(page.pathname).toMatch(/^\/sign-in\//); // the hint is taken
});

it("publishes a key for each, and says so in discovery", async () => {
  const { keys } = (await (await fetch(`${test.url}/.well-known/jwks.json`)).json()) as {
    keys: Record<string, unknown>[];
  };
  expect(keys.map(({ alg, kty, use }) => [alg, kty, use])).toEqual([
    ["RS256", "RSA", "sig"],
    ["ES256", "EC", "sig"],
  ]);
  for (const key of keys) {
    expect(Object.keys(key)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(d|p|q|dp|dq|qi)$/)]),
    );
  }
  const discovery = (await (await fetch(`${test.url}/.well-known/openid-configuration`)).json()) as object;
  expect(discovery).toMatchObject({ id_token_signing_alg_values_supported: ["RS256", "ES256"] });
});
