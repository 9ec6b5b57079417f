/**
 * Dry runs (`Prefer: handling=dry-run`): they tell no more than the request itself would, whoever asks, and cost as much.
 * CWE-203 (observable discrepancy), CWE-639, CWE-770, CWE-367.
 */

import { send, startScim, type TestDirectory, type TestScim } from "@sallyport/scim/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const DRY_RUN = { prefer: "handling=dry-run" };

let scim: TestScim;
let directory: TestDirectory;
beforeAll(async () => {
  scim = await startScim();
});
afterAll(() => scim.stop());
beforeEach(async () => {
  directory = await scim.addDirectory();
});

const user = (userName: string) => ({ schemas: [USER], userName });
const activate = { schemas: [PATCH], Operations: [{ op: "replace", path: "active", value: false }] };

async function count(table: string, organizationId = directory.organizationId): Promise<number> {
  const { rows } = await scim.database.sql.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM ${table} WHERE organization_id = $1`,
    [organizationId],
  );
  return rows[0]?.count ?? -1;
}

describe("a dry run of what is another directory's", () => {
  it.each(["another organization", "the same organization"])(
    "of %s: as of what is nowhere",
    async (whose) => {
      const theirs = await scim.addDirectory(
        "strict",
        whose === "the same organization" ? { organizationId: directory.organizationId } : {},
      );
      const { body: their } = await send(theirs, "POST", "/Users", user("ada"));
      const { body: group } = await send(theirs, "POST", "/Groups", { schemas: [GROUP], displayName: "g" });
      const nowhere = "00000000-0000-7000-8000-000000000000";
      for (const [path, method, body] of [
        [`/Users/${their.id}`, "PATCH", activate],
        [`/Users/${their.id}`, "PUT", user("x")],
        [`/Users/${their.id}`, "DELETE", undefined],
        [`/Groups/${group.id}`, "DELETE", undefined],
      ] as const) {
        const tried = await send(directory, method, path, body, DRY_RUN);
        const id = path.split("/").at(-1) ?? "";
        const unknown = await send(directory, method, path.replace(id, nowhere), body, DRY_RUN);
        expect(tried.status).toBe(404);
        expect(JSON.stringify(tried.body)).toBe(JSON.stringify(unknown.body).replace(nowhere, id));
      }
      // And a name that is taken there is free here.
      expect((await send(directory, "POST", "/Users", user("ada"), DRY_RUN)).status).toBe(201);
    },
  );
});

describe("a dry run without a right to it", () => {
  it("is refused as the request itself: a revoked token, a deleted directory, none at all", async () => {
    const { body } = await send(directory, "POST", "/Users", user("ada"));
    const ask = () => send(directory, "PATCH", `/Users/${body.id}`, activate, DRY_RUN);
    expect((await ask()).status).toBe(200);
    await scim.database.prisma.directoryToken.updateMany({
      where: { directoryId: directory.id },
      data: { revokedAt: new Date() },
    });
    expect((await ask()).status).toBe(401);
    const nobody = await send({ ...directory, token: "" }, "POST", "/Users", user("x"), DRY_RUN);
    expect(nobody.status).toBe(401);
  });
});

describe("a dry run as a way around limits", () => {
  it("counts as the request does, each operation of a Bulk request too", async () => {
    const limited = await startScim({ rateLimit: { perSecond: 0.001, burst: 5 } });
    const own = await limited.addDirectory();
    const operations = Array.from({ length: 4 }, (_, at) => ({
      ...{ method: "POST", path: "/Users", bulkId: `u${at}` },
      data: user(`u${at}`),
    }));
    const bulk = () => send(own, "POST", "/Bulk", { schemas: [BULK], Operations: operations }, DRY_RUN);
    expect((await bulk()).status).toBe(200);
    expect((await send(own, "POST", "/Users", user("x"), DRY_RUN)).status).toBe(201);
    expect((await send(own, "POST", "/Users", user("x"), DRY_RUN)).status).toBe(429);
    expect((await bulk()).status).toBe(429);
    await limited.stop();
  });

  it("takes no larger bodies, nor more operations", async () => {
    const large = { ...user("ada"), title: "x".repeat(1_100_000) };
    expect((await send(directory, "POST", "/Users", large, DRY_RUN)).status).toBe(413);
    const Operations = Array.from({ length: 1_001 }, () => ({ method: "DELETE", path: "/Users/x" }));
    expect((await send(directory, "POST", "/Bulk", { schemas: [BULK], Operations }, DRY_RUN)).status).toBe(
      413,
    );
  });

  it("leaves its trace in the request log, and nothing that could be mistaken for a change", async () => {
    await send(directory, "POST", "/Users", user("ada"), DRY_RUN);
    await scim.flush();
    const rows = await scim.database.prisma.scimRequest.findMany({ where: { directoryId: directory.id } });
    expect(rows).toMatchObject([{ dryRun: true, changed: null, status: 201 }]);
    expect([
      await count("events"),
      await count("directory_users"),
      await count("dirty_directory_users"),
    ]).toEqual([0, 0, 0]);
  });
});

describe("a preference that is hidden or disguised", () => {
  it.each([
    ["of another name", { prefer: 'x="handling=dry-run"' }],
    ["as a parameter of another", { prefer: "return=minimal; handling=dry-run" }],
    ["behind one that contradicts it", { prefer: "handling=strict, handling=dry-run" }],
    ["in a header of another name", { "x-prefer": "handling=dry-run" }],
  ])("%s: the request is done, and its answer does not say that it was tried", async (_name, headers) => {
    const { status, headers: answered } = await send(directory, "POST", "/Users", user("ada"), headers);
    expect([status, answered.get("preference-applied")]).toEqual([201, null]);
    expect(await count("directory_users")).toBe(1);
  });

  it("an operation of a Bulk request cannot be tried, or done, apart from the others", async () => {
    const Operations = [
      { method: "POST", path: "/Users", bulkId: "a", prefer: "handling=dry-run", data: user("ada") },
    ];
    expect((await send(directory, "POST", "/Bulk", { schemas: [BULK], Operations })).status).toBe(200);
    expect(await count("directory_users")).toBe(1);
  });
});
