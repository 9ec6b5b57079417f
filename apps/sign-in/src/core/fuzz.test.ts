import { oidcRedirectUri, samlServiceProvider } from "@sallyport/connections";
import { newId } from "@sallyport/database";
import { defined } from "@sallyport/defined";
import { createTestIdp } from "@sallyport/saml/testing";
import { newToken } from "@sallyport/secrets";
import { createBrowser } from "@sallyport/testing-browser";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { answerSaml, startSaml } from "../testing/saml-login.ts";
import { createSignInFixture, type SignInFixture } from "../testing/sign-in-fixture.ts";
import { createUpstreamOp, type UpstreamOp } from "../testing/upstream-op.ts";

const idp = createTestIdp();
let fixture: SignInFixture;
let upstream: UpstreamOp;
let saml: string;
let oidc: string;
/** Takes people in who come from the IdP's own pages. */
let open: string;

beforeAll(async () => {
  fixture = await createSignInFixture();
  upstream = await createUpstreamOp();
  const organizationId = await fixture.addOrganization("acme", ["acme.com"]);
  saml = await fixture.addSamlConnection(organizationId, idp);
  const { issuer, clientId, clientSecret } = upstream;
  oidc = await fixture.addOidcConnection(organizationId, { issuer, clientId, clientSecret });
  upstream.allow(oidcRedirectUri(fixture.publicUrl, oidc));
  const applicationId = newId();
  await fixture.database.prisma.application.create({
    data: {
      id: applicationId,
      clientId: "app",
      name: "App",
      initiateLoginUri: "https://app.example.test/start",
    },
  });
  open = await fixture.addSamlConnection(organizationId, idp, {
    settings: { idpInitiated: { applicationId } },
  });
});
afterAll(async () => {
  await upstream.close();
  await fixture.close();
});

interface Sent {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

/** Every answer is one of ours: a page for people, a way on, or metadata; and nothing surprised the gateway. */
async function expectComposed(path: string, { method, headers = {}, body }: Sent): Promise<number> {
  const before = fixture.logged.length;
  const response = await fetch(`${fixture.publicUrl}${path}`, {
    method,
    headers: Object.entries(headers).map(([name, value]): [string, string] => [
      name,
      Buffer.from(value).toString("latin1"),
    ]),
    redirect: "manual",
    ...defined({ body }),
  });
  const text = await response.text();
  const told = `${method} ${path} ${String(body).slice(0, 500)}\n${text.slice(0, 2_000)}`;
  expect(response.status, told).toBeLessThan(500);
  expect(text, told).not.toMatch(/node_modules|\n\s+at |\.ts:\d/);
  expect(fixture.logged.slice(before).filter((line) => line.includes('"level":"error"'))).toEqual([]);
  return response.status;
}

const noise = fc.oneof(
  fc.string({ unit: "binary", maxLength: 80 }),
  fc.constantFrom("", "\u0000", "%", "%00", "\r\nset-cookie: a=b", "../..", "[object Object]", "\ud800"),
  fc.constantFrom("x".repeat(43), "x".repeat(81), "x".repeat(20_000), "https://evil.example/"),
);
type Fields = readonly (readonly [name: string, value: string])[];

const anyFields = (names: readonly string[], maxLength: number): fc.Arbitrary<Fields> =>
  fc.array(fc.tuple(fc.constantFrom(...names), noise), { maxLength });
/** Escaped; UTF-8 has no half of a surrogate pair. */
const percent = (text: string) => encodeURIComponent(Buffer.from(text).toString());
const encode = (fields: Fields) => fields.map(([name, value]) => `${name}=${percent(value)}`).join("&");

/** What each endpoint reads. Most requests get as far as having all of it, with noise in it. */
const ENDPOINTS = [
  { method: "GET", path: "/sign-in/:id", reads: [] },
  { method: "POST", path: "/sign-in/:id", reads: ["csrf", "email", "connection", "abort"] },
  { method: "GET", path: "/sso/saml/:id/metadata", reads: [] },
  { method: "POST", path: "/sso/saml/:id/acs", reads: ["SAMLResponse", "RelayState"] },
  { method: "GET", path: "/sso/oidc/:id/callback", reads: ["state", "code", "iss", "error"] },
] as const;
/** The cookie of the browser whose sign-in is opened. */
const OWN = `sallyport-browser=browser_${"y".repeat(43)}`;
const STRAY = [
  "sallyport_second_post",
  "id_token",
  "__proto__",
  "state[]",
  "email[x]",
  "SAMLResponse",
  "state",
];
const FORM = "application/x-www-form-urlencoded";

/** Mostly `usual`, so that the rest of the request is looked at. */
const mostly = <Value>(usual: fc.Arbitrary<Value>, odd: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: odd });

const anyRequest = fc.constantFrom(...ENDPOINTS).chain((endpoint) =>
  fc.record({
    path: fc.constant(endpoint.path),
    method: mostly(
      fc.constant<string>(endpoint.method),
      fc.constantFrom("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PROPFIND"),
    ),
    id: mostly(
      fc.constant<string | null>(null),
      fc.oneof(
        noise.map((text) => percent(text.slice(0, 200))),
        fc.constantFrom("%E0%A4%A", "%", "%2e%2e%2f", "00000000-0000-7000-8000-000000000000"),
      ),
    ),
    read: fc
      .tuple(...endpoint.reads.map((name) => noise.map((value) => [name, value] as const)))
      .chain((all) => mostly(fc.constant<Fields>(all), fc.subarray(all))),
    stray: anyFields(STRAY, 1),
    garbage: mostly(
      fc.constant<string | Uint8Array | null>(null),
      fc.oneof(fc.constantFrom("%E0%A4%A", "=&=&=", "{}"), fc.uint8Array({ maxLength: 200 })),
    ),
    cookie: mostly(
      fc.constantFrom(OWN, `${OWN}; sallyport-waiting=waiting_${"x".repeat(43)}`),
      fc.constantFrom(
        "",
        `sallyport-browser=browser_${"x".repeat(43)}; sallyport-waiting=waiting_${"x".repeat(43)}`,
        "sallyport-browser=%00",
        "; ;;=; é",
      ),
    ),
    type: mostly(
      fc.constant(FORM),
      fc.constantFrom(`${FORM}; charset=klingon`, "application/json", "text/é", ""),
    ),
    encoding: mostly(fc.constant("identity"), fc.constantFrom("gzip", "br", "nonsense")),
  }),
);

it("answers any request at all", { timeout: 60_000 }, async () => {
  const interaction = fixture.interactions.open(OWN.slice("sallyport-browser=".length));
  const idOf = (path: string) => (path.includes("saml") ? saml : path.includes("oidc") ? oidc : interaction);
  await fc.assert(
    fc.asyncProperty(
      anyRequest,
      async ({ path, method, id, read, stray, garbage, cookie, type, encoding }) => {
        const url = path.replace(":id", () => id ?? idOf(path));
        const fields = encode([...read, ...stray]);
        const headers = { cookie };
        if (method === "GET" || method === "HEAD") {
          await expectComposed(`${url}?${typeof garbage === "string" ? garbage : fields}`, {
            method,
            headers,
          });
        } else {
          const posted = { ...headers, "content-type": type, "content-encoding": encoding };
          const body =
            typeof garbage === "object" && garbage !== null ? Uint8Array.from(garbage) : (garbage ?? fields);
          await expectComposed(url, { method, headers: posted, body });
        }
      },
    ),
    { numRuns: 1_500 },
  );
});

it("answers any bytes in place of the response to a login of this browser", { timeout: 60_000 }, async () => {
  const mutation = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.nat({ max: 200 }),
    put: fc.oneof(
      noise,
      fc.constantFrom("<!DOCTYPE a>", "<!--", "]]>", "&x;", "&#0;", "</saml:Assertion>", 'ID="_1"', "\ufeff"),
    ),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(mutation, { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      async (mutations, packed) => {
        const browser = createBrowser();
        const request = await startSaml(fixture, browser, saml);
        const honest = answerSaml(fixture, idp, request);
        let text = packed ? honest : Buffer.from(honest, "base64").toString("utf8");
        for (const { at, cut, put } of mutations) {
          const start = Math.floor(at * text.length);
          text = text.slice(0, start) + put + text.slice(start + cut);
        }
        const response = packed ? text : Buffer.from(text).toString("base64");
        const before = fixture.logged.length;
        const { acsUrl } = samlServiceProvider(fixture.publicUrl, saml);
        const visit = await browser.post(acsUrl, { SAMLResponse: response, RelayState: request.relayState });
        // A mutation may leave the text as it was, or only unsigned parts of it otherwise.
        expect([303, 400, 403], visit.body).toContain(visit.status);
        expect(visit.body).not.toMatch(/node_modules|\n\s+at |\.ts:\d/);
        expect(fixture.logged.slice(before).filter((line) => line.includes('"level":"error"'))).toEqual([]);
      },
    ),
    { numRuns: 200 },
  );
});

it("answers anything that comes unasked, where people are taken in", { timeout: 60_000 }, async () => {
  const honest = answerSaml(fixture, idp, { connectionId: open, id: "" }, { inResponseTo: undefined });
  const response = mostly(fc.constant(honest), noise);
  const posts = fc.constantFrom("", "1", "2", "3");
  await fc.assert(
    fc.asyncProperty(response, noise, posts, fc.boolean(), async (SAMLResponse, RelayState, post, known) => {
      const body = encode([
        ["SAMLResponse", SAMLResponse],
        ["RelayState", RelayState],
        ...(post === "" ? [] : [["sallyport_second_post", post] as const]),
      ]);
      const cookie = known ? `sallyport-browser=${newToken("browser")}` : "";
      const path = `/sso/saml/${open}/acs`;
      const status = await expectComposed(path, {
        method: "POST",
        headers: { cookie, "content-type": FORM },
        body,
      });
      expect([200, 303, 400, 403]).toContain(status);
    }),
    { numRuns: 200 },
  );
});

it("answers any callback to a login of this browser", { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      anyFields(["iss", "id_token", "session_state", "response", "code"], 3),
      noise,
      async (stray, code) => {
        const browser = createBrowser();
        const visit = await fixture.visit(browser, { connection: oidc });
        expect(visit.status).toBe(303);
        const state = new URL(visit.location).searchParams.get("state") ?? "";
        const before = fixture.logged.length;
        const query = encode([["state", state], ["code", code], ...stray]);
        const answer = await browser.get(`${oidcRedirectUri(fixture.publicUrl, oidc)}?${query}`);
        expect([400, 403, 414, 431], answer.body).toContain(answer.status);
        expect(fixture.logged.slice(before).filter((line) => line.includes('"level":"error"'))).toEqual([]);
      },
    ),
    { numRuns: 200 },
  );
});
