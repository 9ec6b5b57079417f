/**
 * Another organization's key: whoever holds the management key of one organization tries every operation that there is,
 * on another organization and on what belongs to the gateway, straight and by way of their own organization.
 * OWASP API1:2023 (broken object level authorization), API5:2023 (broken function level authorization); CWE-639.
 */

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { type OidcSite, type OidcTenant, startOidcSite } from "../../harness/oidc-site.ts";
import { type ScriptedOp, startScriptedOp } from "../../harness/scripted-op.ts";
import { insertStream } from "../../harness/signals.ts";

const METHODS = ["get", "post", "put", "patch", "delete"] as const;
const openApi = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.object({ operationId: z.string() }).loose())),
});
const made = z.object({ id: z.string() });
const page = z.object({ items: z.array(z.object({ id: z.string() }).loose()) });

interface Operation {
  readonly operationId: string;
  readonly method: (typeof METHODS)[number];
  readonly path: string;
}

let site: OidcSite;
let op: ScriptedOp;
let evil: OidcTenant;
let victim: OidcTenant;
let operations: readonly Operation[];
/** What the victim has, by the names of path parameters. */
let things: Readonly<Record<string, string>>;

beforeAll(async () => {
  op = await startScriptedOp();
  site = await startOidcSite();
  evil = await site.addTenant("evil", op);
  victim = await site.addTenant("victim", op);
  await victim.signIn();
  things = { org: "victim", ...(await thingsOf(victim)) };
  operations = await readOperations();
}, 60_000);
afterAll(async () => {
  await site.stop();
  await op.close();
});

async function readOperations(): Promise<Operation[]> {
  const document = openApi.parse(await (await fetch(`${site.gateway.url}/api/openapi.json`)).json());
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    METHODS.flatMap((method) => {
      const operationId = methods[method]?.operationId;
      return operationId === undefined ? [] : [{ operationId, method, path }];
    }),
  );
}

async function thingsOf({ slug, connectionId }: OidcTenant) {
  const below = `/organizations/${slug}`;
  const create = async (path: string, body?: object) =>
    made.parse(await site.call("POST", path, 201, body)).id;
  const first = async (path: string) => page.parse(await site.call("GET", path, 200)).items[0]?.id ?? "";
  const directoryId = await create(`${below}/directories`, { name: "Directory" });
  const other = await site.call("POST", `${below}/connections`, 201, {
    ...{ type: "oidc", name: "Other" },
    oidc: { issuer: "https://idp.example.test", clientId: "c", clientSecret: "s" },
  });
  return {
    connectionId,
    otherConnectionId: made.parse(other).id,
    directoryId,
    clientId: await create(`${below}/directories/${directoryId}/clients`),
    tokenId: await first(`${below}/directories/${directoryId}/tokens`),
    domainId: await first(`${below}/domains`),
    roleId: await create(`${below}/roles`, { key: "editor", name: "Editor" }),
    memberId: await first(`${below}/members`),
    sessionId: await first(`${below}/sessions`),
    recordId: await first(`${below}/login-records`),
    applicationId: site.application.id,
    signalStreamId: await insertStream(site.gateway, site.application.id),
    keyId: await first("/api-keys"),
    setupLinkId: await create(`${below}/setup-links`, { intents: ["sso"] }),
    webhookEndpointId: await create("/webhook-endpoints", {
      ...{ url: "https://hooks.example.test", organization: slug, types: ["conflict.*"] },
    }),
    testLoginId: await create(`${below}/connections/${connectionId}/test-logins`),
  };
}

/** An id of no kind at all where the victim has none of it. */
const idOf = (name: string) => things[name] ?? "01999999-9999-7999-8999-999999999999";
const fill = (path: string, values: Readonly<Record<string, string>> = {}) =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? idOf(name));
const attempt = ({ method, path }: Operation, key: string, values?: Readonly<Record<string, string>>) =>
  site.gateway.api(
    method.toUpperCase(),
    fill(path, values),
    method === "get" || method === "delete" ? undefined : {},
    key,
  );

/** All that the victim and the gateway show to an operator. */
async function everything(): Promise<string> {
  // A seal of the audit trail comes by itself.
  const lists = operations.filter(
    ({ method, path }) => method === "get" && !path.endsWith("/stream") && !/audit-(trail|seals)/.test(path),
  );
  const answers = await Promise.all(lists.map((operation) => attempt(operation, site.gateway.rootKey)));
  // What is not state: the time of the answer; and the one thing that a refused request may leave: when a key was last used.
  const found = answers.flatMap(({ status, body }) => (status === 200 ? [body] : []));
  return JSON.stringify(found).replace(/"(lastUsedAt|to)":("[^"]*"|null)/g, "");
}

describe("is refused by every operation, which changes nothing", () => {
  let before = "";
  beforeAll(async () => {
    // Each event has its number, and the integration check its last request, within seconds.
    before = await vi.waitFor(
      async () => {
        const found = await everything();
        expect(found).not.toContain('"sequence":null');
        expect(found).not.toContain('"lastRequest":null');
        return found;
      },
      { timeout: 20_000, interval: 100 },
    );
  }, 30_000);
  afterAll(async () => {
    expect(await everything()).toBe(before);
  });

  it("on another organization, by its slug and by its id", async () => {
    const inOrganization = operations.filter(({ path }) => path.startsWith("/organizations/{org}"));
    expect(inOrganization.length).toBeGreaterThan(40);
    for (const operation of inOrganization) {
      for (const org of ["victim", victim.organizationId]) {
        const { status } = await attempt(operation, evil.key, { org });
        const wanted = operation.operationId === "deleteOrganization" ? 403 : 404;
        expect([operation.operationId, org, status]).toEqual([operation.operationId, org, wanted]);
      }
    }
  });

  it("on what belongs to the gateway: applications, keys, signing keys, slugs, organizations", async () => {
    const ofGateway = operations.filter(
      ({ path, operationId }) =>
        // Whoever may read an organization may list and search: what is theirs. Webhook endpoints are looked at below.
        !path.startsWith("/organizations/{org}") &&
        !path.startsWith("/webhook-endpoints") &&
        !["listOrganizations", "listOrganizationHealth", "search", "listEventTypes"].includes(operationId),
    );
    expect(ofGateway.length).toBeGreaterThan(10);
    for (const operation of ofGateway) {
      const { status } = await attempt(operation, evil.key);
      expect([operation.operationId, status]).toEqual([operation.operationId, 403]);
    }
  });

  it("on another organization's webhook endpoints, of which it lists none", async () => {
    const ofEndpoints = operations.filter(({ path }) => path.startsWith("/webhook-endpoints"));
    expect(ofEndpoints.length).toBeGreaterThan(10);
    for (const operation of ofEndpoints) {
      const { status, body } = await attempt(operation, evil.key);
      const unknown = await attempt(operation, evil.key, { webhookEndpointId: crypto.randomUUID() });
      expect([operation.operationId, status]).toEqual([operation.operationId, unknown.status]);
      if (operation.operationId === "listWebhookEndpoints") {
        expect(page.parse(body).items).toEqual([]);
      } else {
        expect([400, 404]).toContain(status);
      }
    }
  });

  it("on another organization's things by way of its own organization", async () => {
    const nested = operations.filter(
      ({ path }) => path.startsWith("/organizations/{org}/") && path.split("{").length > 2,
    );
    expect(nested.length).toBeGreaterThan(20);
    for (const operation of nested) {
      const { status } = await attempt(operation, evil.key, { org: "evil" });
      // A body is looked at before the thing is: nothing of the answer depends on whether there is one.
      const known = [operation.operationId, status];
      const unknown = await site.gateway.api(
        operation.method.toUpperCase(),
        operation.path.replace(/\{(\w+)\}/g, (_, name) => (name === "org" ? "evil" : crypto.randomUUID())),
        operation.method === "get" || operation.method === "delete" ? undefined : {},
        evil.key,
      );
      expect(known).toEqual([operation.operationId, unknown.status]);
      expect([400, 404]).toContain(status);
    }
  });
});

it.each(["/sessions?userId=", "/login-records?connectionId=", "/login-records?sessionId="])(
  "finds nothing of another organization by a query: %s",
  async (query) => {
    const { userId } = z
      .object({ items: z.array(z.object({ userId: z.string() })) })
      .parse(await site.call("GET", "/organizations/victim/members", 200)).items[0] ?? { userId: "" };
    const id = query.endsWith("userId=") ? userId : idOf(/(\w+)=$/.exec(query)?.[1] ?? "");
    const { status, body } = await site.gateway.api(
      "GET",
      `/organizations/evil${query}${id}`,
      undefined,
      evil.key,
    );
    expect([status, page.parse(body).items]).toEqual([200, []]);
  },
);

it.each([
  ["a verified domain", "/domains", { name: "free.example.test", verified: true }],
  ["a verified domain, by its inner name", "/domains", { name: "free.example.test", verifiedName: "x" }],
  ["a connection of another organization", "/connections", { organizationId: "x", type: "oidc", name: "x" }],
  ["a role of another organization", "/roles", { key: "x", name: "x", organizationId: "x" }],
])("does not make %s", async (_name, path, body) => {
  const answer = await site.gateway.api("POST", `/organizations/evil${path}`, body, evil.key);
  expect(answer).toMatchObject({ status: 400, body: { code: "input_invalid" } });
});

it("has a domain of its own, or of another, not count by saying so", async () => {
  for (const name of ["evil-owned.example.test", "victim.example.test", "VICTIM.example.test"]) {
    const answer = await site.gateway.api("POST", "/organizations/evil/domains", { name }, evil.key);
    if (answer.status === 201) {
      expect(answer.body).toMatchObject({ verified: false });
    }
  }
  const shown = await site.gateway.api("GET", "/organizations/evil", undefined, evil.key);
  expect(shown.body).toMatchObject({ domains: ["evil.example.test"] });
});

it("plants no URL that a browser runs or that leaks on the way", async () => {
  for (const issuer of [
    "javascript:alert(1)",
    "http://idp.example.test",
    "https://user:password@idp.example.test",
    "https://idp.example.test/#",
    "file:///etc/passwd",
  ]) {
    const oidc = { issuer, clientSecret: "s" };
    const { status } = await site.gateway.api("PATCH", evil.path, { oidc }, evil.key);
    expect([issuer, status]).toEqual([issuer, 400]);
  }
});

it("ends with its organization", async () => {
  const gone = await site.addTenant("gone", op);
  await site.call("DELETE", "/organizations/gone", 204);
  expect((await site.gateway.api("GET", "/organizations", undefined, gone.key)).status).toBe(401);
});

it("reaches all of its own organization, and lists that alone", async () => {
  const own = operations.filter(
    ({ method, path }) => method === "get" && path.startsWith("/organizations/{org}"),
  );
  const refused: unknown[] = [];
  for (const operation of own) {
    // What the victim has none of, what takes a query, or what has no end.
    if (
      /connection_?key|Metadata|logo|\{(?:scimRequest|connectionKey|conflict|heldChange|directoryUser|auditVerification|auditEvent)Id\}|draft|replaced|\/matches$|stream/i.test(
        operation.path,
      )
    ) {
      continue;
    }
    const { status } = await attempt(operation, victim.key);
    if (status !== 200) {
      refused.push([operation.operationId, status]);
    }
  }
  expect(refused).toEqual([]);
  const { body } = await site.gateway.api("GET", "/organizations", undefined, victim.key);
  expect(body).toMatchObject({ items: [{ slug: "victim" }], nextCursor: null });
});
