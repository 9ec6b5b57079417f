import { describe, expect, it } from "vitest";
import { decodeToken, explainToken } from "./explain-id-token.ts";

const NOW = 1_800_000_000;
const expected = {
  issuer: "https://idp.example/a",
  clientId: "gateway",
  nonce: "n",
  algorithms: ["RS256"],
  now: NOW,
};
const honest = {
  iss: "https://idp.example/a",
  aud: "gateway",
  sub: "jo",
  iat: NOW,
  exp: NOW + 300,
  nonce: "n",
};

const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString("base64url");
const token = (claims: unknown, header: unknown = { alg: "RS256" }) =>
  `${encode(header)}.${encode(claims)}.signature`;
const without = (claim: string) =>
  Object.fromEntries(Object.entries(honest).filter(([name]) => name !== claim));

it("finds nothing wrong with an honest token, at either end of the tolerance", () => {
  for (const claims of [
    honest,
    { ...honest, exp: NOW - 119 },
    { ...honest, nbf: NOW + 120 },
    { ...honest, aud: ["gateway"] },
    { ...honest, aud: ["gateway", "other"], azp: "gateway" },
    { ...honest, auth_time: 0 },
  ]) {
    expect(explainToken(token(claims), expected)).toBeNull();
  }
});

describe("says of", () => {
  it.each<[string, unknown, string, object]>([
    ["no token", undefined, "oidc_id_token_missing", { claim: "id_token" }],
    ["an encrypted token", "a.b.c.d.e", "oidc_id_token_encrypted", {}],
    ["what is no JWT", "abc", "oidc_id_token_malformed", {}],
    ["what is no text", 7, "oidc_id_token_malformed", {}],
    ["claims that are a list", token([1]), "oidc_id_token_malformed", {}],
    ["a header that is none", token(honest, "RS256"), "oidc_id_token_malformed", {}],
    [
      "another algorithm",
      token(honest, { alg: "HS256" }),
      "oidc_algorithm_unexpected",
      { claim: "alg", expected: ["RS256"], found: "HS256", fix: expect.stringContaining("client secret") },
    ],
    ["no algorithm", token(honest, {}), "oidc_algorithm_unexpected", { found: null }],
    ["no signature", token(honest, { alg: "none" }), "oidc_algorithm_unexpected", { found: "none" }],
    ["an extension", token(honest, { alg: "RS256", crit: ["b64"] }), "oidc_header_critical", {}],
    [
      "an end that has passed",
      token({ ...honest, exp: NOW - 312 }),
      "oidc_token_expired",
      {
        claim: "exp",
        expected: "later than 2027-01-15T08:00:00.000Z",
        found: "2027-01-15T07:54:48.000Z",
        clock: { differenceSeconds: -312, toleratedSeconds: 120, now: "2027-01-15T08:00:00.000Z" },
      },
    ],
    [
      "a beginning to come",
      token({ ...honest, nbf: NOW + 121 }),
      "oidc_token_not_yet_valid",
      { claim: "nbf", clock: { differenceSeconds: 121 } },
    ],
    [
      "an end beyond all dates",
      token({ ...honest, exp: -1e20 }),
      "oidc_token_expired",
      { found: "-100000000000000000000" },
    ],
    [
      "an end as text",
      token({ ...honest, exp: "soon" }),
      "oidc_claim_malformed",
      { claim: "exp", found: "soon" },
    ],
    ["a time as text", token({ ...honest, iat: "1" }), "oidc_claim_malformed", { claim: "iat" }],
    ["a beginning as text", token({ ...honest, nbf: "1" }), "oidc_claim_malformed", { claim: "nbf" }],
    ["an issuer in a list", token({ ...honest, iss: ["a"] }), "oidc_claim_malformed", { claim: "iss" }],
    ["an audience as number", token({ ...honest, aud: 7 }), "oidc_claim_malformed", { claim: "aud" }],
    ...["aud", "exp", "iat", "iss", "sub"].map((claim): [string, unknown, string, object] => [
      `no ${claim}`,
      token(without(claim)),
      "oidc_claim_missing",
      { claim },
    ]),
    [
      "an issuer with another slash",
      token({ ...honest, iss: "https://idp.example/a/" }),
      "oidc_token_issuer_mismatch",
      { claim: "iss", expected: "https://idp.example/a", found: "https://idp.example/a/" },
    ],
    [
      "another audience",
      token({ ...honest, aud: ["x", "y"] }),
      "oidc_audience_mismatch",
      { claim: "aud", expected: "gateway", found: ["x", "y"] },
    ],
    [
      "a subject as number",
      token({ ...honest, sub: 42 }),
      "oidc_subject_not_string",
      { claim: "sub", expected: "a string", found: 42 },
    ],
    ["an empty subject", token({ ...honest, sub: null }), "oidc_subject_not_string", { found: null }],
    [
      "further audiences",
      token({ ...honest, aud: ["gateway", "other"] }),
      "oidc_authorized_party_mismatch",
      { claim: "aud", found: ["gateway", "other"] },
    ],
    [
      "another party",
      token({ ...honest, aud: ["gateway", "other"], azp: "other" }),
      "oidc_authorized_party_mismatch",
      { claim: "azp", expected: "gateway", found: "other" },
    ],
    [
      "a login time as text",
      token({ ...honest, auth_time: "now" }),
      "oidc_claim_malformed",
      { claim: "auth_time" },
    ],
    [
      "another nonce",
      token({ ...honest, nonce: "m" }),
      "oidc_nonce_mismatch",
      { claim: "nonce", expected: "n", found: "m" },
    ],
    ["no nonce", token(without("nonce")), "oidc_nonce_mismatch", { found: null }],
  ])("%s what it is", (_, idToken, code, more) => {
    expect(explainToken(idToken, expected)).toMatchObject({ code, ...more });
  });
});

it("decodes what is no secret: header and claims", () => {
  expect(decodeToken(token(honest))).toEqual({ header: { alg: "RS256" }, claims: honest });
  expect([decodeToken("a.b.c"), decodeToken(undefined), decodeToken("")]).toEqual([null, null, null]);
});
