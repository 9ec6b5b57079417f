import { afterAll, beforeAll, expect, it } from "vitest";
import { send, startScim, type TestDirectory, type TestScim } from "../../testing/scim-server.ts";

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const POOL = 10;
const ROUNDS = 20;

let scim: TestScim;
let directory: TestDirectory;
beforeAll(async () => {
  scim = await startScim({ poolSize: POOL });
  directory = await scim.addDirectory();
});
afterAll(() => scim.stop());

const createUser = async (userName: string): Promise<string> =>
  (await send(directory, "POST", "/Users", { schemas: [USER], userName })).body.id;

it("lets concurrent changes of groups with the same members take turns, without one deadlock", async () => {
  const users = await Promise.all(Array.from({ length: 12 }, (_, index) => createUser(`u${index}`)));
  const members = users.map((value) => ({ value }));
  const groups = await Promise.all(
    Array.from({ length: 6 }, async (_, index) => {
      const resource = { schemas: [GROUP], displayName: `g${index}`, members: index < 3 ? members : [] };
      return (await send(directory, "POST", "/Groups", resource)).body.id as string;
    }),
  );
  const patch = (index: number, ...Operations: object[]) =>
    send(directory, "PATCH", `/Groups/${groups[index]}`, { schemas: [PATCH], Operations });
  const put = (index: number, value: object[]) =>
    send(directory, "PUT", `/Groups/${groups[index]}`, {
      schemas: [GROUP],
      displayName: `g${index}`,
      members: value,
    });
  for (let round = 0; round < ROUNDS; round += 1) {
    const leaver = await createUser(`leaver${round}`);
    await patch(0, { op: "add", path: "members", value: [{ value: leaver }] });
    await patch(3, { op: "add", path: "members", value: [{ value: leaver }] });
    // Each names the same users, in an order of its own; every second round undoes what the last one did.
    const [joins, leaves] = round % 2 === 0 ? [3, 0] : [0, 3];
    const filter = members.map(({ value }) => `value eq "${value}"`).toReversed();
    const answers = await Promise.all([
      patch(joins, { op: "add", path: "members", value: members.toReversed() }),
      patch(joins + 1, { op: "replace", path: "members", value: members }),
      put(joins + 2, members.toReversed()),
      patch(leaves, { op: "remove", path: `members[${filter.join(" or ")}]` }),
      patch(leaves + 1, { op: "remove", path: "members" }),
      put(leaves + 2, []),
      send(directory, "DELETE", `/Users/${leaver}`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 200, 204, 204, 200, 204]);
  }
  expect(await deadlocks()).toBe(0);
});

it("counts deadlocks at all", async () => {
  const before = await deadlocks();
  const [one, two] = [await createUser("one"), await createUser("two")];
  const lock = (first: string, second: string, atFirst: () => Promise<void>) =>
    scim.database.transaction(async (sql) => {
      await sql.query("SELECT 1 FROM directory_users WHERE id = $1 FOR UPDATE", [first]);
      await atFirst();
      await sql.query("SELECT 1 FROM directory_users WHERE id = $1 FOR UPDATE", [second]);
    });
  const both = barrier(2);
  const results = await Promise.allSettled([lock(one, two, both), lock(two, one, both)]);
  expect(results.filter(({ status }) => status === "rejected")).toHaveLength(1);
  expect(await deadlocks()).toBe(before + 1);
});

/** How often PostgreSQL had to break a circle, in this test's own database. */
async function deadlocks(): Promise<number> {
  // Each connection keeps its counts to itself for a while: all of them hand theirs in.
  const gate = barrier(POOL);
  await Promise.all(
    Array.from({ length: POOL }, () =>
      scim.database.transaction(async (sql) => {
        await sql.query("SELECT pg_stat_force_next_flush()", []);
        await gate();
      }),
    ),
  );
  const { rows } = await scim.database.sql.query<{ deadlocks: number }>(
    "SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()",
  );
  return rows[0]?.deadlocks ?? -1;
}

/** Lets everybody on once `count` have come. */
function barrier(count: number): () => Promise<void> {
  let open: (() => void)[] = [];
  return () =>
    new Promise((resolve) => {
      open.push(resolve);
      if (open.length < count) {
        return;
      }
      for (const each of open) {
        each();
      }
      open = [];
    });
}
