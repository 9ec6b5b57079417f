/**
 * Roles of people: an administrator of one organization reaches for another, a viewer for what they may only read, and
 * everybody, by whatever key they have, for the role of an operator.
 * OWASP API1:2023 (broken object level authorization), API5:2023; CWE-269 (improper privilege management), CWE-639.
 */

import type { Browser } from "@sallyport/testing-browser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type ConsoleSite, call, startConsoleSite } from "./site.ts";

const document = z.object({
  paths: z.record(
    z.string(),
    z.record(z.string(), z.object({ operationId: z.string(), "x-required-permission": z.string() }).loose()),
  ),
});
const madeKey = z.object({ key: z.string() });

interface Operation {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly permission: string;
}

let site: ConsoleSite;
let operations: readonly Operation[];
let admin: Browser;
let viewer: Browser;
let viewerId: string;
beforeAll(async () => {
  site = await startConsoleSite();
  await site.acme.addMember("ada", "organizationAdmin");
  viewerId = await site.acme.addMember("vic", "organizationViewer");
  [admin, viewer] = [site.newBrowser(), site.newBrowser()];
  await site.acme.signIn(admin, "ada");
  await site.acme.signIn(viewer, "vic");
  const { paths } = document.parse(
    await (await fetch(`http://localhost:${site.gateway.port}/api/openapi.json`)).json(),
  );
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase() as Operation["method"],
      path,
      permission: operation["x-required-permission"],
    })),
  );
}, 60_000);
afterAll(() => site.stop());

/** Asks for something of an organization, and of it for what there is not. */
const attempt = (browser: Browser, { method, path }: Operation, org: string) =>
  call(
    browser,
    method,
    `/api/v1${path.replace(/\{(\w+)\}/g, (_, name) => (name === "org" ? org : crypto.randomUUID()))}`,
    method === "GET" || method === "DELETE" ? {} : { body: { unknown: "x" } },
  );

const newKey = async (body: object) =>
  madeKey.parse((await site.gateway.api("POST", "/api-keys", { name: "Key", ...body })).body).key;

const roleOf = async (slug: string, memberId: string) =>
  (await site.gateway.api("GET", `/organizations/${slug}/members/${memberId}/console-role`)).body;

it("has an administrator of one organization find no other, as if there were none", async () => {
  const inOrganization = operations.filter(
    ({ path, permission }) =>
      path.startsWith("/organizations/{org}") && permission !== "organizations.delete",
  );
  expect(inOrganization.length).toBeGreaterThan(50);
  for (const operation of inOrganization) {
    for (const org of ["bravo", site.bravo.id, "operators", "none"]) {
      const { status, code } = await attempt(admin, operation, org);
      expect([operation.path, org, status, code]).toEqual([
        operation.path,
        org,
        404,
        "organization_not_found",
      ]);
    }
  }
}, 60_000);

it("lets a viewer read, and write nothing", async () => {
  for (const operation of operations.filter(({ path }) => path.startsWith("/organizations/{org}"))) {
    const { code } = await attempt(viewer, operation, "acme");
    const refused = ["permission_missing", "key_scope_insufficient"].includes(code ?? "");
    expect([operation.path, operation.permission, refused]).toEqual([
      ...[operation.path, operation.permission, !operation.permission.endsWith(".read")],
    ]);
  }
  expect((await call(viewer, "GET", "/api/v1/organizations/acme/members")).status).toBe(200);
}, 60_000);

it("keeps what belongs to the gateway from people of an organization", async () => {
  for (const path of ["/applications", "/api-keys", "/signing-keys", "/encryption-keys", "/audit-events"]) {
    expect([path, (await call(admin, "GET", `/api/v1${path}`)).status]).toEqual([path, 403]);
  }
});

describe("a role", () => {
  const give = (browser: Browser, memberId: string, role: string, slug = "acme") =>
    call(browser, "PUT", `/api/v1/organizations/${slug}/members/${memberId}/console-role`, {
      body: { role },
    });

  it("is given by who may do all that it may, and by nobody else", async () => {
    const memberId = await site.acme.addMember("new");
    const mayWrite = await newKey({ organization: "acme", permissions: ["members.read", "members.write"] });
    const all = await newKey({ organization: "acme" });
    expect((await give(viewer, memberId, "organizationViewer")).code).toBe("permission_missing");
    expect((await give(viewer, viewerId, "organizationAdmin")).code).toBe("permission_missing");
    for (const role of ["organizationAdmin", "organizationViewer"]) {
      expect((await site.acme.giveRole(memberId, role, mayWrite)).code).toBe("permission_missing");
    }
    expect(await roleOf("acme", memberId)).toEqual({ role: null });
    expect((await give(admin, memberId, "organizationViewer")).status).toBe(200);
    expect((await site.acme.giveRole(memberId, "organizationAdmin", all)).status).toBe(200);
    expect(await roleOf("acme", memberId)).toEqual({ role: "organizationAdmin" });
  });

  it("is taken by who could give it", async () => {
    const memberId = await site.acme.addMember("taken", "organizationAdmin");
    const path = `/organizations/acme/members/${memberId}/console-role`;
    const mayWrite = await newKey({ organization: "acme", permissions: ["members.read", "members.write"] });
    expect((await site.gateway.api("DELETE", path, undefined, mayWrite)).status).toBe(403);
    expect((await call(viewer, "DELETE", `/api/v1${path}`)).status).toBe(403);
    expect((await call(admin, "DELETE", `/api/v1${path}`)).status).toBe(204);
    expect(await roleOf("acme", memberId)).toEqual({ role: null });
  });

  it("makes nobody an operator who is no member of the operators' organization", async () => {
    const memberId = await site.acme.addMember("climber");
    const all = await newKey({ organization: "acme" });
    const named = await newKey({ role: "operator" });
    expect((await give(admin, memberId, "operator")).code).toBe("permission_missing");
    expect((await site.acme.giveRole(memberId, "operator", all)).code).toBe("permission_missing");
    for (const key of [named, site.gateway.rootKey]) {
      expect((await site.acme.giveRole(memberId, "operator", key)).code).toBe("console_role_unavailable");
    }
    expect(await roleOf("acme", memberId)).toEqual({ role: null });
  });

  it("of an operator counts for nothing elsewhere, though it stood in the table", async () => {
    const memberId = await site.acme.addMember("planted");
    await site.gateway.database.sql.query(
      "INSERT INTO console_roles (membership_id, organization_id, role) VALUES ($1, $2, 'operator')",
      [memberId, site.acme.id],
    );
    expect((await site.acme.signIn(site.newBrowser(), "planted")).status).toBe(403);
  });
});

describe("the operators' organization", () => {
  const body = { type: "saml", name: "Evil", saml: { metadataXml: "<x/>" } };

  it("is changed by no key that may do less than everything: who signs in there may do all", async () => {
    const olga = await site.operators.addMember("olga", "operator");
    const limited = {
      "of that organization": await newKey({ organization: "operators" }),
      "of all, with what it takes": await newKey({
        permissions: [
          "connections.write",
          "members.write",
          "domains.write",
          "directories.write",
          "setup_links.write",
        ],
      }),
      "of all, with every permission by name": await newKey({ role: "operator" }),
      "of all, as an administrator": await newKey({ role: "organizationAdmin" }),
    };
    const writes = operations.filter(
      ({ path, permission }) => path.startsWith("/organizations/{org}") && permission.endsWith(".write"),
    );
    expect(writes.length).toBeGreaterThan(20);
    for (const [name, key] of Object.entries(limited)) {
      for (const { method, path } of writes) {
        const filled = path.replace(/\{(\w+)\}/g, (_, of) =>
          of === "org" ? "operators" : crypto.randomUUID(),
        );
        const answer = await site.gateway.api(method, filled, method === "DELETE" ? undefined : body, key);
        expect([name, path, answer.status]).toEqual([name, path, 403]);
      }
      expect((await site.operators.giveRole(olga, "operator", key)).code).toBe("operator_required");
    }
  }, 120_000);

  it("is changed by operators, who make others", async () => {
    const browser = site.newBrowser();
    await site.operators.addMember("otto", "operator");
    await site.operators.signIn(browser, "otto");
    const added = await call(browser, "POST", "/api/v1/organizations/operators/members", {
      body: { email: "olaf@operators.example.test" },
    });
    const { id } = z.object({ id: z.string() }).parse(added.body);
    const path = `/api/v1/organizations/operators/members/${id}/console-role`;
    expect((await call(browser, "PUT", path, { body: { role: "operator" } })).status).toBe(200);
    expect((await call(browser, "PUT", path, { body: { role: "organizationAdmin" } })).code).toBe(
      "console_role_unavailable",
    );
  });

  it("is there once, cannot be deleted, and gives nobody a role by itself", async () => {
    const { status, body: told } = await site.gateway.api("DELETE", "/organizations/operators");
    expect([status, told]).toEqual([
      409,
      expect.objectContaining({ code: "operators_organization_required" }),
    ]);
    await site.operators.addMember("guest");
    expect((await site.operators.signIn(site.newBrowser(), "guest")).status).toBe(403);
  });
});

it("tells in the audit trail who gave and took which role, and who came and went", async () => {
  const memberId = await site.bravo.addMember("bo", "organizationViewer");
  await site.bravo.giveRole(memberId, "organizationAdmin");
  const browser = site.newBrowser();
  await site.bravo.signIn(browser, "bo");
  await call(browser, "POST", "/console/sign-out");
  await site.gateway.api("DELETE", `/organizations/bravo/members/${memberId}/console-role`);
  const { body } = await site.gateway.api("GET", "/organizations/bravo/audit-events?limit=100");
  const types = (body as { items: { type: string }[] }).items.map(({ type }) => type);
  expect(types.filter((type) => /^(console|session)/.test(type)).toReversed()).toEqual([
    "console_role.created",
    "console_role.updated",
    "session.created",
    "console_session.created",
    "console_session.ended",
    "session.revoked",
    "console_role.deleted",
  ]);
});
