/** A dry run is answered as the request itself would be, and leaves the database as it was. */

import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Answer, send, startScim, type TestDirectory, type TestScim } from "../testing/scim-server.ts";

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
  directory = await scim.addDirectory("okta");
});

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

const dryRun = ({ method, path, body, headers }: Request, to = directory) =>
  send(to, method, path, body, { ...headers, ...DRY_RUN });
const really = ({ method, path, body, headers }: Request) => send(directory, method, path, body, headers);
const createUser = (userName: string, more: object = {}): Request => ({
  method: "POST",
  path: "/Users",
  body: { schemas: [USER], userName, ...more },
});
const createGroup = (displayName: string, members: readonly string[] = []): Request => ({
  method: "POST",
  path: "/Groups",
  body: { schemas: [GROUP], displayName, members: members.map((value) => ({ value })) },
});

/** Every row of every table, but for the request log, which shows what was tried. */
async function dump(): Promise<ReadonlyMap<string, unknown>> {
  await scim.flush();
  const { rows: tables } = await scim.database.sql.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables
     WHERE schemaname = current_schema() AND tablename <> 'scim_requests' ORDER BY 1`,
  );
  const contents = new Map<string, unknown>();
  for (const { name } of tables) {
    // When a token was used last is noted of any request.
    const { rows } = await scim.database.sql.query(
      `SELECT to_jsonb(t) - 'last_used_at' AS row FROM "${name}" t ORDER BY 1`,
    );
    contents.set(name, rows);
  }
  expect(contents.size).toBeGreaterThan(20);
  return contents;
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;

/** An answer without what differs from one time to the next: ids made for it, and times. */
function comparable({ status, body, headers }: Answer, known: ReadonlySet<string>): unknown {
  const same = (text: string | null | undefined) =>
    text?.replace(UUID, (id) => (known.has(id) ? id : "<new>")).replace(TIME, "<time>");
  return {
    status,
    body: same(JSON.stringify(body)),
    headers: ["content-type", "etag", "location", "retry-after"].map((name) => same(headers.get(name))),
  };
}

describe("whatever is tried, and then done", () => {
  const names = fc.constantFrom("ada", "ADA", "grace", "edsger", "");
  const index = fc.nat(7);
  const version = fc.constantFrom(undefined, undefined, 'W/"1"', 'W/"2"', "*");
  const operation = fc.oneof(
    fc.record({ op: fc.constant("replace"), path: fc.constant("active"), value: fc.boolean() }),
    fc.record({ op: fc.constant("replace"), path: fc.constant("userName"), value: names }),
    fc.record({
      op: fc.constantFrom("add", "Replace"),
      path: fc.constantFrom("title", "nickName", "nonsense["),
      value: names,
    }),
    fc.record({ op: fc.constantFrom("remove"), path: fc.constantFrom("title", "emails", "userName") }),
    fc.record({
      op: fc.constant("add"),
      path: fc.constant("emails"),
      value: fc.constant([{ value: "a@acme.test", type: "work" }]),
    }),
  );
  const step = fc.oneof(
    fc.record({ kind: fc.constant("createUser" as const), name: names, active: fc.boolean() }),
    fc.record({
      kind: fc.constant("createGroup" as const),
      name: names,
      members: fc.array(index, { maxLength: 3 }),
    }),
    fc.record({
      kind: fc.constant("patchUser" as const),
      of: index,
      operations: fc.array(operation, { maxLength: 3 }),
      version,
    }),
    fc.record({ kind: fc.constant("putUser" as const), of: index, name: names, version }),
    fc.record({ kind: fc.constant("deleteUser" as const), of: index, version }),
    fc.record({
      kind: fc.constant("patchGroup" as const),
      of: index,
      op: fc.constantFrom("add", "remove", "replace"),
      members: fc.array(index, { maxLength: 3 }),
      wants: fc.constantFrom("", "?attributes=members,displayName"),
      version,
    }),
    fc.record({
      kind: fc.constant("putGroup" as const),
      of: index,
      name: names,
      members: fc.array(index, { maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant("deleteGroup" as const), of: index, version }),
    fc.record({
      kind: fc.constant("bulk" as const),
      names: fc.array(names, { minLength: 1, maxLength: 4 }),
      failOnErrors: fc.constantFrom(undefined, 1),
      of: index,
    }),
  );
  type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

  it("is answered the same, and only then is anything there", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        directory = await scim.addDirectory("okta");
        const known = new Set([directory.id, directory.organizationId]);
        const users: string[] = [];
        const groups: string[] = [];
        for (const one of steps) {
          const request = requestFor(one, users, groups);
          for (const id of `${request.path} ${JSON.stringify(request.body)}`.match(UUID) ?? []) {
            known.add(id);
          }
          const before = await dump();
          const reconciled = scim.reconciled.length;
          const tried = await dryRun(request);
          expect(await dump()).toEqual(before);
          expect(scim.reconciled.length).toBe(reconciled);
          expect(tried.headers.get("preference-applied")).toBe("handling=dry-run");
          const done = await really(request);
          expect(done.headers.get("preference-applied")).toBeNull();
          expect(comparable(tried, known)).toEqual(comparable(done, known));
          if (done.status === 201) {
            (one.kind === "createUser" ? users : groups).push(done.body.id);
            known.add(done.body.id);
          }
        }
      }),
      { numRuns: 12 },
    );
  });

  function requestFor(one: Step, users: readonly string[], groups: readonly string[]): Request {
    const user = (at: number) =>
      users[at % Math.max(1, users.length)] ?? "00000000-0000-7000-8000-000000000000";
    const group = (at: number) => groups[at % Math.max(1, groups.length)] ?? "nothing";
    const ifMatch =
      "version" in one && one.version !== undefined ? { headers: { "if-match": one.version } } : {};
    const valuesOf = (members: readonly number[]) => members.map((at) => ({ value: user(at) }));
    switch (one.kind) {
      case "createUser":
        return createUser(one.name, { active: one.active });
      case "createGroup":
        return createGroup(one.name, one.members.map(user));
      case "patchUser":
        return {
          method: "PATCH",
          path: `/Users/${user(one.of)}`,
          body: { schemas: [PATCH], Operations: one.operations },
          ...ifMatch,
        };
      case "putUser":
        return {
          method: "PUT",
          path: `/Users/${user(one.of)}`,
          body: { schemas: [USER], userName: one.name },
          ...ifMatch,
        };
      case "deleteUser":
        return { method: "DELETE", path: `/Users/${user(one.of)}`, ...ifMatch };
      case "patchGroup":
        return {
          method: "PATCH",
          path: `/Groups/${group(one.of)}${one.wants}`,
          body: {
            schemas: [PATCH],
            Operations: [{ op: one.op, path: "members", value: valuesOf(one.members) }],
          },
          ...ifMatch,
        };
      case "putGroup":
        return {
          method: "PUT",
          path: `/Groups/${group(one.of)}`,
          body: { schemas: [GROUP], displayName: one.name, members: valuesOf(one.members) },
        };
      case "deleteGroup":
        return { method: "DELETE", path: `/Groups/${group(one.of)}`, ...ifMatch };
      case "bulk":
        return {
          method: "POST",
          path: "/Bulk",
          body: {
            schemas: [BULK],
            ...(one.failOnErrors === undefined ? {} : { failOnErrors: one.failOnErrors }),
            Operations: [
              ...one.names.map((userName, at) => ({
                method: "POST",
                path: "/Users",
                bulkId: `u${at}`,
                data: { schemas: [USER], userName },
              })),
              {
                method: "POST",
                path: "/Groups",
                bulkId: "g",
                data: { schemas: [GROUP], displayName: "all", members: [{ value: "bulkId:u0" }] },
              },
              // Unique in the directory: an error of the database, behind which the others go on.
              {
                method: "PATCH",
                path: `/Users/${user(one.of)}`,
                data: { schemas: [PATCH], Operations: [{ op: "replace", path: "userName", value: "grace" }] },
              },
              { method: "DELETE", path: "/Users/bulkId:u0" },
            ],
          },
        };
    }
  }
});

it("shows all members that a group would have, however many", async () => {
  const operations = Array.from({ length: 700 }, (_, at) => ({
    method: "POST",
    path: "/Users",
    bulkId: `u${at}`,
    data: { schemas: [USER], userName: `u${at}` },
  }));
  const ids: string[] = [];
  for (const half of ["a", "b", "c"]) {
    const { body } = await really({
      method: "POST",
      path: "/Bulk",
      body: {
        schemas: [BULK],
        Operations: operations.map((one) => ({
          ...one,
          data: { ...one.data, userName: half + one.data.userName },
        })),
      },
    });
    ids.push(...body.Operations.map(({ location }: { location: string }) => location.split("/").at(-1)));
  }
  const { body: group } = await really(createGroup("few", ids.slice(0, 10)));
  const request = {
    method: "PUT",
    path: `/Groups/${group.id}`,
    body: { schemas: [GROUP], displayName: "many", members: ids.map((value) => ({ value })) },
  };
  const tried = await dryRun(request);
  expect(tried.body.members).toHaveLength(2_100);
  const stored = await send(directory, "GET", `/Groups/${group.id}`);
  expect(stored.body.members).toHaveLength(10);
  const known = new Set([directory.id, group.id, ...ids]);
  expect(comparable(await really(request), known)).toEqual(comparable(tried, known));
});

it("stands in the request log as what it was", async () => {
  const { headers } = await dryRun(createUser("ada"));
  await really(createUser("ada"));
  await dryRun(createUser("ada"));
  await scim.flush();
  const rows = await scim.database.prisma.scimRequest.findMany({
    where: { directoryId: directory.id },
    orderBy: { createdAt: "asc" },
  });
  expect(rows.map(({ status, dryRun: tried, changed }) => [status, tried, changed === null])).toEqual([
    [201, true, true],
    [201, false, false],
    [409, true, true],
  ]);
  expect(headers.get("etag")).toBe('W/"1"');
});

it("is asked for by what changes something, and by nothing else", async () => {
  const asked = async (method: string, path: string, body?: unknown) =>
    (await send(directory, method, path, body, DRY_RUN)).headers.get("preference-applied");
  expect(await asked("GET", "/Users")).toBeNull();
  const SEARCH = { schemas: ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"] };
  expect(await asked("POST", "/Users/.search", SEARCH)).toBeNull();
  expect(await asked("POST", "/.search", SEARCH)).toBeNull();
  expect(await asked("GET", "/Schemas")).toBeNull();
  expect(await asked("POST", "/Users", "{")).toBe("handling=dry-run");
});

describe("beside others", () => {
  it("gives up where another request holds what it would change, and holds nobody up for it", async () => {
    const { body } = await really(createGroup("busy"));
    const change = {
      method: "PATCH",
      path: `/Groups/${body.id}`,
      body: { schemas: [PATCH], Operations: [{ op: "replace", path: "displayName", value: "b" }] },
    };
    const remove = { method: "DELETE", path: `/Groups/${body.id}`, bulkId: "d" };
    const bulk = { method: "POST", path: "/Bulk", body: { schemas: [BULK], Operations: [remove] } };
    await scim.database.transaction(async (sql) => {
      await sql.query("SELECT 1 FROM directory_groups WHERE id = $1 FOR UPDATE", [body.id]);
      for (const request of [change, bulk]) {
        const { status, headers } = await dryRun(request);
        expect([status, headers.get("retry-after"), headers.get("preference-applied")]).toEqual([
          503,
          "1",
          "handling=dry-run",
        ]);
      }
    });
    expect((await dryRun(change)).status).toBe(204);
  });

  it("leaves connections to everybody else, however many dry runs are sent", async () => {
    const one = await scim.addDirectory();
    const two = await scim.addDirectory();
    const three = await scim.addDirectory();
    const tries = await scim.database.transaction(async (sql) => {
      await sql.query("LOCK TABLE directory_group_nestings IN ACCESS EXCLUSIVE MODE");
      const tried = [one, two, three].flatMap((each) =>
        Array.from({ length: 20 }, (_, at) => dryRun(createGroup(`g${at}`), each)),
      );
      // Two connections of ten: others go on.
      expect((await really(createUser("ada"))).status).toBe(201);
      expect(scim.database.pool.waitingCount).toBe(0);
      await Promise.race(tried);
      expect(scim.database.pool.waitingCount).toBe(0);
      return { tried };
    });
    await Promise.all(tries.tried);
  });
});
