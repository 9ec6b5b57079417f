/**
 * A limited key: whoever holds a management key that may only read, or only make keys, tries to do more, and to make
 * themselves a key that may.
 * OWASP API5:2023 (broken function level authorization); CWE-269 (improper privilege management), CWE-862.
 */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { startTestGateway, type TestGateway } from "../../harness/gateway.ts";

const document = z.object({
  paths: z.record(
    z.string(),
    z.record(z.string(), z.object({ operationId: z.string(), "x-required-permission": z.string() }).loose()),
  ),
});
const madeKey = z.object({ id: z.string(), key: z.string(), permissions: z.array(z.string()).nullable() });
const page = z.object({ items: z.array(z.object({ id: z.string() }).loose()) });

let gateway: TestGateway;
let operations: readonly { method: string; path: string; operationId: string; permission: string }[];

beforeAll(async () => {
  gateway = await startTestGateway({ env: { RATE_LIMITS: "off" } });
  const acme = { slug: "acme", name: "Acme", domains: ["acme.example.test"] };
  expect((await gateway.api("POST", "/organizations", acme)).status).toBe(201);
  const { paths } = document.parse(await (await fetch(`${gateway.url}/api/openapi.json`)).json());
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...{ method: method.toUpperCase(), path },
      ...{ operationId: operation.operationId, permission: operation["x-required-permission"] },
    })),
  );
}, 60_000);
afterAll(() => gateway.stop());

async function newKey(body: object, key?: string) {
  const answer = await gateway.api("POST", "/api-keys", { name: "Key", ...body }, key);
  expect(answer.status).toBe(201);
  return madeKey.parse(answer.body);
}

/** Sends what is no valid input, to the organization or to a thing of no such id. */
function attempt(method: string, path: string, key: string) {
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => (name === "org" ? "acme" : crypto.randomUUID()));
  return gateway.api(
    method,
    filled,
    method === "GET" || method === "DELETE" ? undefined : { unknown: "x" },
    key,
  );
}

/** Of an organization or of none: it depends on what they name. */
const BY_REACH = /^\/webhook-endpoints/;

const listKeys = async () => page.parse((await gateway.api("GET", "/api-keys?limit=100")).body).items;

describe("that may only read", () => {
  it.each([
    ["one organization", "acme"],
    ["all organizations", null],
  ])("in %s writes nothing, and is told before its input is read", async (_name, organization) => {
    const { key, permissions } = await newKey({ organization, role: "organizationViewer" });
    const closed = operations.filter(({ permission }) => !permissions?.includes(permission));
    expect(closed.length).toBeGreaterThan(40);
    for (const { operationId, method, path, permission } of closed) {
      const answer = await attempt(method, path, key);
      expect([operationId, answer.status]).toEqual([operationId, 403]);
      const outOfReach =
        organization !== null &&
        !BY_REACH.test(path) &&
        (!path.startsWith("/organizations/{org}") || operationId === "deleteOrganization");
      expect(answer.body).toMatchObject(
        outOfReach
          ? { code: "key_scope_insufficient" }
          : { code: "permission_missing", detail: expect.stringContaining(permission) },
      );
    }
  });

  it("reads all that it is for", async () => {
    const { key } = await newKey({ organization: "acme", role: "organizationViewer" });
    for (const path of ["", "/domains", "/connections", "/members", "/roles", "/sessions", "/audit-events"]) {
      expect((await gateway.api("GET", `/organizations/acme${path}`, undefined, key)).status).toBe(200);
    }
  });
});

it("is not even told whether its body is JSON", async () => {
  const { key } = await newKey({ permissions: ["members.read"] });
  const send = (token: string) =>
    fetch(`${gateway.url}/api/v1/organizations/acme/roles`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: `{"name": ${"x".repeat(500_000)}`,
    });
  expect([(await send(key)).status, (await send(gateway.rootKey)).status]).toEqual([403, 400]);
});

describe("that may only make keys", () => {
  const OWN = ["api_keys.write", "members.read"];

  it.each([
    ["another permission", { permissions: ["members.write"] }],
    ["another beside its own", { permissions: [...OWN, "api_keys.read"] }],
    ["another for one organization", { organization: "acme", permissions: ["members.write"] }],
    ["the role of an operator", { role: "operator" }],
    ["a role in one organization", { organization: "acme", role: "organizationAdmin" }],
    ["a role that reads", { role: "organizationViewer" }],
  ])("makes no key with %s", async (_name, body) => {
    const { key } = await newKey({ permissions: OWN });
    const before = await listKeys();
    const answer = await gateway.api("POST", "/api-keys", { name: "Wider", ...body }, key);
    expect(answer).toMatchObject({ status: 403, body: { code: "permission_missing" } });
    expect((await listKeys()).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  });

  it.each([
    ["every permission by a wildcard", { permissions: ["*"] }],
    ["no list at all", { permissions: "operator" }],
    ["a permission of an object's prototype", { permissions: ["constructor"] }],
    ["a role of an object's prototype", { role: "__proto__" }],
    ["a role beside its own permissions", { permissions: OWN, role: "operator" }],
  ])("makes no key with %s", async (_name, body) => {
    const { key } = await newKey({ permissions: OWN });
    const answer = await gateway.api("POST", "/api-keys", { name: "Odd", ...body }, key);
    expect(answer).toMatchObject({ status: 400, body: { code: "input_invalid" } });
  });

  it("makes keys of its own limit, also where it names none, down to any depth", async () => {
    const first = await newKey({ permissions: OWN });
    const second = await newKey({ permissions: null }, first.key);
    const third = await newKey({}, second.key);
    expect([second.permissions, third.permissions]).toEqual([OWN, OWN]);
    const members = await gateway.api("GET", "/organizations/acme/members", undefined, third.key);
    expect(members.status).toBe(200);
    for (const path of ["/api-keys", "/applications", "/organizations/acme/roles"]) {
      const answer = await gateway.api("GET", path, undefined, third.key);
      expect(answer).toMatchObject({ status: 403, body: { code: "permission_missing" } });
    }
    const ofAcme = await newKey({ organization: "acme" }, third.key);
    expect(ofAcme.permissions).toEqual(["members.read"]);
  });
});
