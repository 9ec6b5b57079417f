/**
 * Requests whose cost grows faster than they do, or that are more than their endpoint has a use for.
 * CWE-400, CWE-407, CWE-1333.
 */

import { send, startScim, type TestDirectory, type TestScim } from "@sallyport/scim/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

let scim: TestScim;
let directory: TestDirectory;
let user: string;
let group: string;
beforeAll(async () => {
  scim = await startScim();
  directory = await scim.addDirectory("strict");
  user = (await send(directory, "POST", "/Users", { schemas: [USER], userName: "ada" })).body.id;
  group = (await send(directory, "POST", "/Groups", { schemas: [GROUP], displayName: "g" })).body.id;
});
afterAll(() => scim.stop());

const many = <Value>(count: number, make: (index: number) => Value) =>
  Array.from({ length: count }, (_, i) => make(i));
const patchOf = (...Operations: object[]) => ({ schemas: [PATCH], Operations });
const filterOf = (terms: number) => many(terms, (index) => `userName eq "${index}"`).join(" or ");
const search = (more: object) => ({ schemas: [SEARCH], ...more });
/** An object of as many names as one may have, and each in other cases again. */
const caseVariants = (name: string, value: unknown) =>
  Object.fromEntries(
    many(900, (n) => [[...name].map((c, i) => ((n >> i) & 1 ? c.toUpperCase() : c)).join(""), value]),
  );

describe("refused, with the limit named", () => {
  it.each<[name: string, method: string, path: () => string, body: unknown, status: number, limit: RegExp]>([
    [
      "a user of 2 MB",
      "POST",
      () => "/Users",
      { schemas: [USER], userName: "b", x: "x".repeat(2_000_000) },
      413,
      /1048576 bytes/,
    ],
    [
      "a PATCH of a user of 2 MB",
      "PATCH",
      () => `/Users/${user}`,
      patchOf({ op: "add", path: "title", value: "x".repeat(2_000_000) }),
      413,
      /1048576 bytes/,
    ],
    [
      "Bulk of 5 MB",
      "POST",
      () => "/Bulk",
      { schemas: [BULK], Operations: [], x: "x".repeat(5_000_000) },
      413,
      /4194304 bytes/,
    ],
    [
      "a user of 60,000 values",
      "POST",
      () => "/Users",
      { schemas: [USER], userName: "b", x: many(60_000, () => 1) },
      413,
      /50000 values/,
    ],
    [
      "a group with 2 MB beside its members",
      "POST",
      () => "/Groups",
      { schemas: [GROUP], displayName: "b", x: "x".repeat(2_000_000) },
      413,
      /1048576 characters/,
    ],
    [
      "a search by 100,000 names",
      "POST",
      () => "/Users/.search",
      search({ attributes: many(100_000, () => "x") }),
      400,
      /200 names/,
    ],
    [
      "a list by 300 names",
      "GET",
      () => `/Users?attributes=${many(300, () => "title").join()}`,
      undefined,
      400,
      /200 names/,
    ],
    [
      "a filter of 300 comparisons",
      "POST",
      () => "/Users/.search",
      search({ filter: filterOf(300) }),
      400,
      /200 comparisons/,
    ],
    [
      "a filter of 900,000 characters",
      "POST",
      () => "/Users/.search",
      search({ filter: `title eq "${"x".repeat(900_000)}"` }),
      400,
      /16384 characters/,
    ],
    [
      "a path of 900,000 characters",
      "PATCH",
      () => `/Users/${user}`,
      patchOf({ op: "remove", path: `emails[value eq "${"x".repeat(900_000)}"]` }),
      400,
      /16384 characters/,
    ],
    [
      "a deep path",
      "PATCH",
      () => `/Users/${user}`,
      patchOf({ op: "remove", path: `emails[${"(".repeat(5_000)}` }),
      400,
      /deeper than 20/,
    ],
  ])("%s", async (_name, method, path, body, status, limit) => {
    const answer = await send(directory, method, path(), body);
    expect([answer.status, answer.body.status]).toEqual([status, String(status)]);
    expect(answer.body.detail).toMatch(limit);
  });

  it("an operation of Bulk with a version, or a path, of 100 KB, alone", async () => {
    const remove = { method: "DELETE", path: `/Users/${user}` };
    const Operations = [
      { ...remove, version: 'W/"1",'.repeat(20_000) },
      { ...remove, path: `/Users/${"x".repeat(100_000)}` },
      { method: "POST", path: "/Groups", bulkId: "a", data: { schemas: [GROUP], displayName: "made" } },
    ];
    const { body } = await send(directory, "POST", "/Bulk", { schemas: [BULK], Operations });
    expect(body.Operations.map(({ status }: { status: string }) => status)).toEqual(["400", "400", "201"]);
  });
});

describe("done all the same", () => {
  it("a user whose names come in every case, of which one counts", async () => {
    const emails = [{ ...caseVariants("valuexyz", "no"), value: "a@acme.example" }];
    const body = { schemas: [USER], userName: "cases", ...caseVariants("nicknamexy", "no"), emails };
    const answer = await send(directory, "POST", "/Users", body);
    expect([answer.status, answer.body.emails]).toEqual([201, [{ value: "a@acme.example" }]]);
  });

  it("the same name twice, of which the last counts, as in any JSON", async () => {
    const padding = `"x":"${"x".repeat(70_000)}"`;
    const text = `{"schemas":["${USER}"],"userName":"twice",${padding},"title":"first","title":"last"}`;
    expect((await send(directory, "POST", "/Users", text)).body.title).toBe("last");
  });

  it("a filter of 150 comparisons, and a list by 40 names", async () => {
    const found = await send(
      directory,
      "POST",
      "/Users/.search",
      search({ filter: `${filterOf(149)} or userName eq "ada"` }),
    );
    expect(found.body.totalResults).toBe(1);
    const names = many(40, (index) => (index === 7 ? "userName" : `name${index}`)).join();
    expect((await send(directory, "GET", `/Users/${user}?attributes=${names}`)).body.userName).toBe("ada");
  });

  it("10,000 members, put in one PATCH and taken out by filters", async () => {
    await scim.database.sql.query(
      `INSERT INTO directory_users (id, organization_id, directory_id, user_name, user_name_key, resource)
       SELECT gen_random_uuid(), $1, $2, 'u' || n, 'u' || n, '{}' FROM generate_series(1, 10000) n`,
      [directory.organizationId, directory.id],
    );
    const { rows } = await scim.database.sql.query<{ id: string }>(
      "SELECT id FROM directory_users WHERE directory_id = $1 AND user_name LIKE 'u%' ORDER BY id",
      [directory.id],
    );
    const add = { op: "add", path: "members", value: rows.map(({ id: value }) => ({ value })) };
    expect((await send(directory, "PATCH", `/Groups/${group}`, patchOf(add))).status).toBe(204);
    const removes = many(99, (index) => ({
      op: "remove",
      path: `members[${rows
        .slice(index * 100, index * 100 + 100)
        .map(({ id }) => `value eq "${id}"`)
        .join(" or ")}]`,
    }));
    expect((await send(directory, "PATCH", `/Groups/${group}`, patchOf(...removes))).status).toBe(204);
    expect((await send(directory, "GET", `/Groups/${group}`)).body.members).toHaveLength(100);
  });
});
