import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { REDIRECT_URI, startTestOp, type TestOp } from "./testing/op.ts";

let test: TestOp;
beforeAll(async () => {
  test = await startTestOp();
});
afterAll(() => test.close());

const RUNS = 1_500;
const NAMES = [
  ...[
    "client_id",
    "client_secret",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
  ],
  ...[
    "prompt",
    "max_age",
    "login_hint",
    "id_token_hint",
    "acr_values",
    "code_challenge",
    "claims",
    "request",
  ],
  ...["code_challenge_method", "organization", "connection", "domain", "request_uri", "resource", "dpop_jkt"],
  ...["grant_type", "code", "code_verifier", "refresh_token", "token", "token_type_hint", "access_token"],
  ...["post_logout_redirect_uri", "confirmation", "client_assertion", "client_assertion_type", "__proto__"],
];

/** Values that mean something somewhere, among noise. */
function anyValue() {
  const known = [
    "code",
    "openid",
    "none",
    "login",
    "S256",
    "query",
    "fragment",
    "form_post",
    "refresh_token",
  ];
  return fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...known, "authorization_code", "{}", "[]", "0", "-1", "") },
    { weight: 3, arbitrary: fc.constantFrom(test.app.clientId, test.publicApp.clientId, REDIRECT_URI) },
    { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 60 }) },
    { weight: 1, arbitrary: fc.constantFrom("\u0000", "\r\n", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "%") },
    { weight: 1, arbitrary: fc.constant("x".repeat(3_000)) },
  );
}

function anyParameters() {
  // What makes a request get past the first checks, mostly.
  const base = fc.constantFrom<[string, string][]>(
    [],
    [
      ["client_id", test.app.clientId],
      ["redirect_uri", REDIRECT_URI],
      ["response_type", "code"],
      ["scope", "openid"],
    ],
    [
      ["client_id", test.app.clientId],
      ["client_secret", test.app.secret ?? ""],
    ],
    [
      ["client_id", test.publicApp.clientId],
      ["grant_type", "refresh_token"],
    ],
  );
  const noise = fc.array(fc.tuple(fc.constantFrom(...NAMES), anyValue()), { maxLength: 5 });
  return fc.tuple(base, noise).map(([first, more]) => new URLSearchParams([...first, ...more]).toString());
}

it("answers anything at all without a failure of its own", async () => {
  const paths = ["authorize", "authorize/x", "token", "par", "userinfo", "introspect", "revoke", "logout"];
  const request = fc.record({
    path: fc.constantFrom(...paths.map((path) => `/oauth2/${path}`), "/session/verify"),
    method: fc.constantFrom("GET", "POST"),
    parameters: anyParameters(),
    accept: fc.constantFrom("text/html", "application/json", "*/*", "nonsense"),
    type: fc.constantFrom(
      "application/x-www-form-urlencoded",
      "application/json",
      "text/plain",
      "multipart/form-data",
    ),
    authorization: fc.constantFrom(
      null,
      "Basic Og==",
      "Basic eDp5",
      "Bearer a.b.c",
      "Bearer",
      "DPoP x",
      "🦄",
    ),
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ path, method, parameters, accept, type, authorization }) => {
      test.logLines.length = 0;
      const headers = new Headers({ accept });
      if (authorization !== null) {
        headers.set("authorization", Buffer.from(authorization).toString("latin1"));
      }
      if (method === "POST") {
        headers.set("content-type", type);
      }
      const url = `${test.url}${path}${method === "GET" ? `?${parameters}` : ""}`;
      const body = method === "POST" ? parameters : null;
      const response = await fetch(url, { method, headers, body, redirect: "manual" });
      const text = await response.text();
      expect(response.status, `${method} ${url} ${body}\n${text}`).toBeLessThan(500);
      expect(text).not.toMatch(/node_modules|\.ts:\d/);
      expect(test.logLines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
    }),
    { numRuns: RUNS },
  );
}, 60_000);
