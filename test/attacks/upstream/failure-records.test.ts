/**
 * Every way in which a sign-in at an OpenID Provider fails, and what its login record tells the connection's administrator:
 * what was expected, what was found, what to do. The person's page tells none of it.
 */

import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type OidcSite, type OidcTenant, startOidcSite } from "../../harness/oidc-site.ts";
import { type Answer, type HostileIdp, startHostileIdp } from "./hostile-idp.ts";
import { letIn, signIn } from "./sign-in.ts";

let site: OidcSite;
let idp: HostileIdp;
beforeAll(async () => {
  [site, idp] = await Promise.all([startOidcSite(), startHostileIdp()]);
});
afterAll(async () => {
  await idp.close();
  await site.stop();
});
beforeEach(() => idp.reset());

/** Each case has a tenant of its own: nothing is cached. */
let tenants = 0;
const addTenant = () => site.addTenant(`failure-${++tenants}`, idp);
const now = () => Math.floor(Date.now() / 1000);

/** A sign-in that fails wherever it does: its page, and its newest record. */
async function fail(tenant: OidcTenant) {
  const browser = site.newBrowser();
  const { page } = await tenant.leave(browser);
  const end = page.location === "" ? page : await browser.get(idp.authenticate(new URL(page.location)));
  const { errorCode, steps, response } = await tenant.lastRecord();
  return { end, errorCode, failed: steps.at(-1), response };
}

const answer =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (_req, res: ServerResponse) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const type = typeof body === "string" ? "text/html" : "application/json";
    res.writeHead(status, { "content-type": type, ...headers }).end(text);
  };

interface Case {
  readonly name: string;
  readonly idp: () => object;
  readonly status: number;
  readonly code: string;
  readonly told?: () => object;
  /** What it was told is believed for a while. */
  readonly remembered?: true;
}

const inCallback: Case[] = [
  {
    name: "an error that names the person's refusal",
    idp: () => ({
      onTheWayBack: ({ searchParams }: URL) => {
        searchParams.delete("code");
        searchParams.set("error", "access_denied");
        searchParams.set("error_description", "not assigned");
      },
    }),
    status: 403,
    code: "oidc_access_denied",
    told: () => ({ detail: "not assigned", fix: expect.stringContaining("Assign the person") }),
  },
  {
    name: "unauthorized_client at the authorization endpoint",
    idp: () => ({
      onTheWayBack: ({ searchParams }: URL) => searchParams.set("error", "unauthorized_client"),
    }),
    status: 400,
    code: "oidc_unauthorized_client",
    told: () => ({ fix: expect.stringContaining("authorization code grant") }),
  },
  {
    name: "another issuer's parameter (RFC 9207)",
    idp: () => ({ onTheWayBack: ({ searchParams }: URL) => searchParams.set("iss", "https://other.test") }),
    status: 400,
    code: "oidc_issuer_parameter_mismatch",
    told: () => ({ claim: "iss", expected: idp.issuer, found: "https://other.test" }),
  },
  {
    name: "no issuer's parameter, though it was announced",
    idp: () => ({ metadata: { authorization_response_iss_parameter_supported: true } }),
    status: 400,
    code: "oidc_issuer_parameter_mismatch",
    told: () => ({ claim: "iss", expected: idp.issuer, found: null }),
    remembered: true,
  },
  {
    name: "two codes",
    idp: () => ({ onTheWayBack: ({ searchParams }: URL) => searchParams.append("code", "b") }),
    status: 400,
    code: "oidc_parameter_repeated",
    told: () => ({ claim: "code" }),
  },
  {
    name: "another flow",
    idp: () => ({ onTheWayBack: ({ searchParams }: URL) => searchParams.set("id_token", "a.b.c") }),
    status: 400,
    code: "oidc_response_unexpected",
    told: () => ({ claim: "id_token" }),
  },
  {
    name: "neither code nor error",
    idp: () => ({ onTheWayBack: ({ searchParams }: URL) => searchParams.delete("code") }),
    status: 400,
    code: "oidc_code_missing",
  },
];

const atTokenEndpoint: Case[] = [
  {
    name: "a wrong secret",
    idp: () => ({ answers: { token: answer(401, { error: "invalid_client", error_description: "no" }) } }),
    status: 400,
    code: "oidc_invalid_client",
    told: () => ({ detail: "no", fix: expect.stringContaining("client id and secret") }),
  },
  {
    name: "a wrong secret with a challenge",
    idp: () => ({
      answers: {
        token: answer(
          401,
          { error: "invalid_client", error_description: "bad secret" },
          {
            "www-authenticate": 'Basic realm="idp"',
          },
        ),
      },
    }),
    status: 400,
    code: "oidc_invalid_client",
    told: () => ({ detail: "bad secret" }),
  },
  {
    name: "a wrong secret with nothing but a challenge",
    idp: () => ({ answers: { token: answer(401, "<p>", { "www-authenticate": 'Basic realm="idp"' }) } }),
    status: 400,
    code: "oidc_invalid_client",
    told: () => ({ detail: 'Basic realm="idp"', fix: expect.stringContaining("client id and secret") }),
  },
  {
    name: "a wrong secret as Keycloak says it",
    idp: () => ({
      answers: {
        token: answer(401, {
          error: "unauthorized_client",
          error_description: "Invalid client or Invalid client credentials",
        }),
      },
    }),
    status: 400,
    code: "oidc_unauthorized_client",
    told: () => ({ fix: expect.stringContaining("client id and secret") }),
  },
  {
    name: "a code that is none",
    idp: () => ({ answers: { token: answer(400, { error: "invalid_grant" }) } }),
    status: 400,
    code: "oidc_invalid_grant",
    told: () => ({ fix: expect.stringContaining("redirect URI") }),
  },
  {
    name: "an outage",
    idp: () => ({ answers: { token: answer(503, { error: "temporarily_unavailable" }) } }),
    status: 400,
    code: "oidc_token_endpoint_failed",
    told: () => ({ found: "HTTP 503, application/json", detail: "temporarily_unavailable" }),
  },
  {
    name: "a proxy's page",
    idp: () => ({ answers: { token: answer(502, "<p>Bad gateway") } }),
    status: 400,
    code: "oidc_token_endpoint_failed",
    told: () => ({ found: "HTTP 502, text/html" }),
  },
  {
    name: "a page in place of an error",
    idp: () => ({ answers: { token: answer(404, "<p>") } }),
    status: 400,
    code: "oidc_token_endpoint_refused",
    told: () => ({ found: "HTTP 404, text/html" }),
  },
  {
    name: "a page in place of tokens",
    idp: () => ({ answers: { token: answer(200, "<p>") } }),
    status: 400,
    code: "oidc_token_answer_malformed",
    told: () => ({ found: "HTTP 200, text/html" }),
  },
  {
    name: "no access token",
    idp: () => ({ tokens: { access_token: undefined } }),
    status: 400,
    code: "oidc_access_token_missing",
  },
  {
    name: "a token type that is not supported",
    idp: () => ({ tokens: { token_type: "mac" } }),
    status: 400,
    code: "oidc_token_type_unsupported",
    told: () => ({ claim: "token_type", expected: "Bearer", found: "mac" }),
  },
  {
    name: "no token type",
    idp: () => ({ tokens: { token_type: undefined } }),
    status: 400,
    code: "oidc_token_type_unsupported",
    told: () => ({ found: null }),
  },
  {
    name: "no ID token",
    idp: () => ({ tokens: { id_token: undefined } }),
    status: 400,
    code: "oidc_id_token_missing",
    told: () => ({ fix: expect.stringContaining("openid") }),
  },
  {
    name: "an encrypted ID token",
    idp: () => ({ tokens: { id_token: "a.b.c.d.e" } }),
    status: 400,
    code: "oidc_id_token_encrypted",
  },
  {
    name: "an ID token that is none",
    idp: () => ({ tokens: { id_token: "abc" } }),
    status: 400,
    code: "oidc_id_token_malformed",
  },
];

const inIdToken: Case[] = [
  ...[42, null, { id: "jo" }].map((sub) => ({
    name: `the subject ${JSON.stringify(sub)}`,
    idp: () => ({ claims: { sub } }),
    status: 400,
    code: "oidc_subject_not_string",
    told: () => ({ claim: "sub", expected: "a string", found: sub }),
  })),
  ...["iss", "sub", "aud", "exp", "iat"].map((claim) => ({
    name: `no ${claim}`,
    idp: () => ({ claims: { [claim]: undefined } }),
    status: 400,
    code: "oidc_claim_missing",
    told: () => ({ claim }),
  })),
  {
    name: "another nonce",
    idp: () => ({ claims: { nonce: "another" } }),
    status: 400,
    code: "oidc_nonce_mismatch",
    told: () => ({ claim: "nonce", expected: expect.stringMatching(/^[\w-]{43}$/), found: "another" }),
  },
  {
    name: "no nonce",
    idp: () => ({ claims: { nonce: undefined } }),
    status: 400,
    code: "oidc_nonce_mismatch",
    told: () => ({ found: null }),
  },
  {
    name: "another audience",
    idp: () => ({ claims: { aud: ["other"] } }),
    status: 400,
    code: "oidc_audience_mismatch",
    told: () => ({ claim: "aud", expected: "gateway", found: ["other"] }),
  },
  {
    name: "further audiences",
    idp: () => ({ claims: { aud: ["gateway", "other"], azp: "other" } }),
    status: 400,
    code: "oidc_authorized_party_mismatch",
    told: () => ({ claim: "azp", expected: "gateway", found: "other" }),
  },
  {
    name: "another issuer",
    idp: () => ({ claims: { iss: `${idp.issuer}/` } }),
    status: 400,
    code: "oidc_token_issuer_mismatch",
    told: () => ({ claim: "iss", expected: idp.issuer, found: `${idp.issuer}/` }),
  },
  {
    name: "an end that has passed",
    idp: () => ({ claims: { exp: now() - 600 } }),
    status: 400,
    code: "oidc_token_expired",
    told: () => ({
      claim: "exp",
      clock: expect.objectContaining({ toleratedSeconds: 120, differenceSeconds: expect.any(Number) }),
    }),
  },
  {
    name: "a beginning to come",
    idp: () => ({ claims: { nbf: now() + 600 } }),
    status: 400,
    code: "oidc_token_not_yet_valid",
    told: () => ({ claim: "nbf" }),
  },
  ...["exp", "iat", "nbf", "auth_time"].map((claim) => ({
    name: `${claim} as text`,
    idp: () => ({ claims: { [claim]: "soon" } }),
    status: 400,
    code: "oidc_claim_malformed",
    told: () => ({ claim, found: "soon" }),
  })),
  ...["none", "HS256", "RS256"].map((alg) => ({
    name: `the algorithm ${alg}`,
    idp: () => ({ header: { alg } }),
    status: 400,
    code: "oidc_algorithm_unexpected",
    told: () => ({ claim: "alg", expected: ["ES256"], found: alg }),
  })),
  {
    name: "an extension of the header",
    idp: () => ({ header: { crit: ["x"], x: 1 } }),
    status: 400,
    code: "oidc_header_critical",
    told: () => ({ claim: "crit" }),
  },
  {
    name: "a key that the JWKS does not list",
    idp: () => ({ kid: "unknown" }),
    status: 400,
    code: "oidc_key_unknown",
    told: () => ({ claim: "kid", found: ["kid first, kty EC, alg ES256, use sig"] }),
  },
  {
    name: "a signature of another key",
    idp: () => ({
      answers: {
        jwks: answer(200, {
          keys: [
            {
              ...idp.publicJwk,
              x: "WKn-ZIGevcwGIyyrzFoZNBdaq9_TsqzGl96oc0CWuis",
              y: "y77t-RvAHRKTsSGdIYUfweuOvwrvDD-Q3Hv5J0fSKbE",
            },
          ],
        }),
      },
    }),
    status: 400,
    code: "oidc_signature_invalid",
    remembered: true,
  },
];

const beforehand: Case[] = [
  {
    name: "no discovery document",
    idp: () => ({ answers: { discovery: answer(404, "<p>") } }),
    status: 502,
    code: "idp_unreachable",
    told: () => ({ found: "HTTP 404, text/html", fix: expect.stringContaining("openid-configuration") }),
  },
  {
    name: "another issuer's discovery document",
    idp: () => ({ metadata: { issuer: "https://login.test/{tenantid}/v2.0" } }),
    status: 502,
    code: "oidc_issuer_mismatch",
    told: () => ({ expected: idp.issuer, found: "https://login.test/{tenantid}/v2.0" }),
  },
  {
    name: "no token endpoint",
    idp: () => ({ metadata: { token_endpoint: undefined } }),
    status: 502,
    code: "oidc_metadata_invalid",
    told: () => ({ claim: "token_endpoint", found: null }),
  },
  {
    name: "no JWKS",
    idp: () => ({ answers: { jwks: answer(500, "<p>") } }),
    status: 502,
    code: "oidc_jwks_unavailable",
    told: () => ({ found: "HTTP 500, text/html" }),
  },
  {
    name: "a userinfo about somebody else",
    idp: () => ({ userinfo: { sub: "eve" } }),
    status: 400,
    code: "oidc_userinfo_subject_mismatch",
    told: () => ({ claim: "sub", expected: "jo", found: "eve" }),
  },
];

describe("the record of", () => {
  it.each([...beforehand, ...inCallback, ...atTokenEndpoint, ...inIdToken])(
    "$name",
    async ({ idp: changes, status, code, told = () => ({}), remembered = false }) => {
      const tenant = await addTenant();
      Object.assign(idp, changes());
      const { end, errorCode, failed } = await fail(tenant);
      expect([end.status, errorCode]).toEqual([status, code]);
      const texts = { message: expect.stringMatching(/\.$/), fix: expect.stringMatching(/\.$/) };
      expect(failed).toMatchObject({ name: "failed", detail: { code, ...texts, ...told() } });
      expect(end.body).not.toContain("oidc_");
      // Honest again, the same connection signs people in.
      idp.reset();
      expect(letIn((await signIn(site, tenant, idp)).page)).toBe(!remembered);
    },
  );
});

it("keeps the ID token's header and claims, and nothing that could be used again", async () => {
  const tenant = await addTenant();
  idp.claims = { aud: "other", groups: ["a"] };
  const { response } = await fail(tenant);
  expect(JSON.parse(response ?? "")).toMatchObject({
    header: { alg: "ES256", kid: "first" },
    claims: { iss: idp.issuer, aud: "other", sub: "jo", groups: ["a"] },
  });
  expect(response).not.toMatch(/for userinfo|eyJ/);
  idp.reset();
  idp.onTheWayBack = ({ searchParams }) => searchParams.set("error", "server_error");
  expect(JSON.parse((await fail(tenant)).response ?? "")).toEqual({
    code: "[masked]",
    state: "[masked]",
    error: "server_error",
  });
});

describe("tolerates", () => {
  it("clocks that are two minutes apart, as SAML does, and tells of one that is ahead", async () => {
    const tenant = await addTenant();
    idp.claims = { exp: now() - 100, nbf: now() + 100 };
    expect(letIn((await signIn(site, tenant, idp)).page)).toBe(true);
    idp.claims = { iat: now() + 3_600, exp: now() + 7_200 };
    expect(letIn((await signIn(site, tenant, idp)).page)).toBe(true);
    const { steps } = await tenant.lastRecord();
    expect(steps.find(({ name }) => name === "validated")).toMatchObject({
      detail: { idpClockAheadSeconds: expect.any(Number) },
    });
  });

  it.each<[string, () => Answer, object]>([
    [
      "an endpoint that refuses",
      () => answer(403, "<p>", { "www-authenticate": 'Bearer error="insufficient_scope"' }),
      { problem: "oidc_userinfo_refused", reason: expect.stringMatching(/HTTP 403.*insufficient_scope/) },
    ],
    ["an outage", () => answer(500, {}), { problem: "oidc_userinfo_refused" }],
    [
      "a page",
      () => answer(200, "<p>"),
      { problem: "oidc_userinfo_malformed", reason: expect.stringContaining("text/html") },
    ],
    ["claims without a subject", () => answer(200, {}), { problem: "oauth_invalid_response" }],
  ])("a userinfo of %s, and says why it was left out", async (_, userinfo, detail) => {
    const tenant = await addTenant();
    idp.answers = { userinfo: userinfo() };
    expect(letIn((await signIn(site, tenant, idp)).page)).toBe(true);
    const { steps } = await tenant.lastRecord();
    expect(steps.find(({ name }) => name === "validated")).toMatchObject({
      detail: { userinfo: "unavailable", ...detail },
    });
  });
});
