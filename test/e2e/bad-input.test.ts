import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { defined } from "@sallyport/defined";
import { type APIRequestContext, request } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";
import { demoUrlOf } from "./demo-app.ts";

/** What the demo knows of the gateway that it set up. */
interface DemoFacts {
  readonly application: { readonly clientId: string; readonly clientSecret: string };
  readonly connections: Readonly<Record<"acme" | "bravo", { readonly id: string }>>;
  readonly directories: Readonly<Record<"acme" | "bravo", { readonly id: string; readonly token: string }>>;
}

let gateway: TestGateway;
let facts: DemoFacts;
beforeAll(async () => {
  gateway = await startTestGateway({ demo: true });
  facts = JSON.parse(await readFile(join(gateway.dataDir, "demo.json"), "utf8"));
});
afterAll(() => gateway.stop());
let logged = 0;
afterEach(() => {
  const lines = gateway.logLines.slice(logged);
  logged = gateway.logLines.length;
  expect(lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});

type Body = string | Uint8Array<ArrayBuffer>;

async function send(method: string, path: string, headers: Record<string, string>, body?: Body) {
  const response = await fetch(gateway.url + path, {
    method,
    headers,
    redirect: "manual",
    ...defined({ body }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

type Answer = Awaited<ReturnType<typeof send>>;

function expectRefused({ status, text }: Answer): void {
  expect(status, text).toBeGreaterThanOrEqual(400);
  expect(status, text).toBeLessThan(500);
  expect(text).not.toMatch(/node_modules|\n\s+at |\.ts:\d|\.js:\d/);
}

/** RFC 9457. */
function expectProblem(answer: Answer): void {
  expectRefused(answer);
  expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
  expect(JSON.parse(answer.text)).toMatchObject({
    status: answer.status,
    code: expect.stringMatching(/^[a-z_]+$/),
    detail: expect.any(String),
    requestId: answer.headers.get("x-request-id"),
  });
}

/** RFC 7644, section 3.12. */
function expectScimError(answer: Answer): void {
  expectRefused(answer);
  expect(answer.headers.get("content-type")).toMatch(/^application\/scim\+json/);
  expect(JSON.parse(answer.text)).toMatchObject({
    schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"],
    status: String(answer.status),
    detail: expect.any(String),
  });
}

/** RFC 6749, section 5.2. */
function expectOAuthError(answer: Answer): void {
  expectRefused(answer);
  expect(JSON.parse(answer.text)).toMatchObject({ error: expect.stringMatching(/^[a-z_]+$/) });
}

/** A page for people. */
function expectPage(answer: Answer): void {
  expectRefused(answer);
  expect(answer.headers.get("content-type")).toMatch(/^text\/html/);
  expect(answer.text).toContain(`<code>${answer.headers.get("x-request-id")}</code>`);
}

const MALFORMED_JSON: [name: string, body: Body][] = [
  ["nothing", ""],
  ["half an object", '{"slug":'],
  ["a text", '"slug"'],
  ["a list", "[]"],
  ["null", "null"],
  ["wrong types", '{"slug":7,"userName":[],"name":{},"displayName":{},"Operations":"x","schemas":3}'],
  ["a zero byte", '{"slug":"a\\u0000","name":"\\u0000","userName":"\\u0000","displayName":"\\u0000"}'],
  ["half a surrogate pair", '{"slug":"\\ud800","name":1,"userName":"\\ud800","displayName":"\\ud800"}'],
  ["bytes that are no UTF-8", new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])],
  ["a prototype", '{"__proto__":{"slug":"x"},"constructor":{}}'],
  ["100,000 levels", "[".repeat(100_000)],
  ["100,000 levels, closed", `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`],
  ["11 MB", `{"name":"${"x".repeat(11_000_000)}"}`],
];

describe.each([
  ["POST", "/organizations"],
  ["PATCH", "/organizations/acme"],
  ["POST", "/organizations/acme/connections"],
  ["POST", "/organizations/acme/roles"],
  ["PUT", "/organizations/acme/group-mappings"],
  ["POST", "/applications"],
])("JSON to the management API: %s %s", (method, path) => {
  const authorization = () => ({ authorization: `Bearer ${gateway.rootKey}` });
  // What is right at one path may be input for another: an empty list unmaps all groups, no change is none.
  const valid = (body: Body) =>
    (method === "PUT" && body === "[]") || (method === "PATCH" && /^{"__proto__"/.test(String(body)));

  it.each(MALFORMED_JSON.filter(([, body]) => !valid(body)))("%s", async (_name, body) => {
    const headers = { ...authorization(), "content-type": "application/json" };
    expectProblem(await send(method, `/api/v1${path}`, headers, body));
  });

  it("of another type, or packed wrongly", async () => {
    for (const type of ["text/plain", "application/xml", "application/json; charset=klingon"]) {
      const headers = { ...authorization(), "content-type": type };
      expectProblem(await send(method, `/api/v1${path}`, headers, "{}"));
    }
    const packed = { ...authorization(), "content-type": "application/json", "content-encoding": "gzip" };
    expectProblem(await send(method, `/api/v1${path}`, packed, "no gzip"));
  });
});

describe.each([
  ["POST", "/Users"],
  ["POST", "/Groups"],
  ["PUT", "/Users/0198f2a0-0000-7000-8000-000000000000"],
  ["PATCH", "/Groups/0198f2a0-0000-7000-8000-000000000000"],
])("JSON to the SCIM server: %s %s", (method, path) => {
  it.each(MALFORMED_JSON)("%s", async (_name, body) => {
    const { id, token } = facts.directories.acme;
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/scim+json" };
    expectScimError(await send(method, `/scim/v2/${id}${path}`, headers, body));
  });
});

describe("a query", () => {
  it.each([
    `filter=${"(".repeat(5_000)}`,
    `filter=${encodeURIComponent('userName eq "a" and ')}`,
    "filter=userName%20eq%20%22%00%22%20or",
    "filter=password%20eq%20%22x%22",
    "filter=%E0%A4%A",
    "startIndex=one",
    "count=many",
  ])("to the SCIM server: %s", async (query) => {
    const { id, token } = facts.directories.acme;
    expectScimError(await send("GET", `/scim/v2/${id}/Users?${query}`, { authorization: `Bearer ${token}` }));
  });

  it.each(["cursor=garbage", "limit=-1", "limit=1e9", "status=odd", "nonsense=1", "limit=1&limit=2"])(
    "to the management API: %s",
    async (query) => {
      const headers = { authorization: `Bearer ${gateway.rootKey}` };
      expectProblem(await send("GET", `/api/v1/organizations/acme/members?${query}`, headers));
    },
  );

  it.each([
    "",
    "client_id=nobody&response_type=code",
    "client_id=%00",
    "client_id=a&client_id=b",
    "client_id=%E0%A4%A",
    `client_id=${"x".repeat(10_000)}`,
  ])("to /oauth2/authorize: %s", async (query) => {
    expectPage(await send("GET", `/oauth2/authorize?${query}`, { accept: "text/html" }));
  });

  it.each([
    "",
    "state=unknown&code=x",
    "state=a&state=b",
    "state=%00",
    "state=%E0%A4%A",
    `state=${"x".repeat(9_000)}`,
  ])("to the callback of an IdP: %s", async (query) => {
    expectPage(await send("GET", `/sso/oidc/${facts.connections.bravo.id}/callback?${query}`, {}));
  });

  it.each(["id_token_hint=garbage", "client_id=nobody", "post_logout_redirect_uri=javascript:alert(1)"])(
    "to /oauth2/logout: %s",
    async (query) => {
      expectPage(await send("GET", `/oauth2/logout?${query}`, { accept: "text/html" }));
    },
  );
});

describe.each(["Bearer", "Bearer \u00ff", "Bearer a b", "Basic !!!", `Bearer ${"x".repeat(8_000)}`])(
  "credentials: %s",
  (authorization) => {
    it("to every app", async () => {
      const headers = { authorization };
      const { id } = facts.directories.acme;
      expectProblem(await send("GET", "/api/v1/organizations", headers));
      expectScimError(await send("GET", `/scim/v2/${id}/Users`, headers));
      expectOAuthError(await send("GET", "/oauth2/userinfo", headers));
      expect((await send("GET", "/session/verify", headers)).status).toBe(401);
    });
  },
);

const MALFORMED_FORMS: [name: string, body: string][] = [
  ["nothing", ""],
  ["broken escapes", "grant_type=%E0%A4%A&SAMLResponse=%%%"],
  ["zero bytes", "grant_type=%00&SAMLResponse=%00&csrf=%00"],
  ["a state of zero bytes", "SAMLResponse=x&RelayState=%00&sallyport_second_post=1"],
  ["a parameter twice", "grant_type=a&grant_type=b&SAMLResponse=a&SAMLResponse=b&csrf=a&csrf=b"],
  ["2,000 parameters", Array.from({ length: 2_000 }, (_, n) => `p${n}=1`).join("&")],
  ["600 kB", `SAMLResponse=${"x".repeat(600_000)}`],
];

describe.each(MALFORMED_FORMS)("a form of %s", (_name, body) => {
  const form = { "content-type": "application/x-www-form-urlencoded" };

  it.each(["/oauth2/token", "/oauth2/par"])("to %s", async (path) => {
    const { clientId, clientSecret } = facts.application;
    const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`;
    expectOAuthError(await send("POST", path, { ...form, authorization }, body));
  });

  it("to the ACS and to a sign-in page", async () => {
    expectPage(await send("POST", `/sso/saml/${facts.connections.acme.id}/acs`, form, body));
    expectPage(await send("POST", "/sign-in/unknown", form, body));
  });
});

const ENTITIES = Array.from({ length: 20 }, (_, n) => `<!ENTITY e${n + 1} "&e${n};&e${n};&e${n};">`).join("");
const MALFORMED_XML: [name: string, xml: string][] = [
  ["no XML", "hello"],
  ["half an element", "<samlp:Response"],
  ["another document", "<html><body/></html>"],
  ["a file as an entity", '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>'],
  ["entities of entities", `<!DOCTYPE r [<!ENTITY e0 "lol">${ENTITIES}]><r>&e20;</r>`],
  ["20,000 levels", "<a>".repeat(20_000) + "</a>".repeat(20_000)],
  ["bytes that no XML holds", "<a>\u0000\u0001</a>"],
];

describe.each(MALFORMED_XML)("XML: %s", (_name, xml) => {
  it("in the SAML response of a sign-in under way", async () => {
    const browser: APIRequestContext = await request.newContext();
    const idpPage = await browser.get(`${demoUrlOf(gateway)}/login?organization=acme`);
    const RelayState = new URL(idpPage.url()).searchParams.get("RelayState") ?? "";
    const response = await browser.post(`${gateway.url}/sso/saml/${facts.connections.acme.id}/acs`, {
      form: { SAMLResponse: Buffer.from(xml).toString("base64"), RelayState },
    });
    expect(await response.text()).toContain("The answer could not be accepted");
    expectPage({
      status: response.status(),
      headers: new Headers(response.headers()),
      text: await response.text(),
    });
    await browser.dispose();
  });

  it("in the metadata of a new connection", async () => {
    const headers = { authorization: `Bearer ${gateway.rootKey}`, "content-type": "application/json" };
    const body = JSON.stringify({ type: "saml", name: "Broken", saml: { metadataXml: xml } });
    expectProblem(await send("POST", "/api/v1/organizations/acme/connections", headers, body));
  });
});
