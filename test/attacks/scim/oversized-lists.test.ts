/**
 * Lists of resources that are each within the bounds, and together more than the process has memory for.
 * CWE-400, CWE-770, CWE-789.
 */

import { type Answer, send, startScim, type TestDirectory, type TestScim } from "@sallyport/scim/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
const USERS = 12;
/** Of a page, and as much again as one resource may be. */
const MOST_BYTES = 1024 * 1024 + 2 * 256 * 1024;

let scim: TestScim;
beforeAll(async () => {
  scim = await startScim();
});
afterAll(() => scim.stop());

/** A directory of users of 250 KB each, all with the same externalId, the names in order. */
async function largeDirectory(): Promise<{ directory: TestDirectory; names: string[] }> {
  const directory = await scim.addDirectory("strict");
  const names = Array.from({ length: USERS }, (_, index) => `user-${String(index).padStart(2, "0")}`);
  for (const userName of names) {
    const roles = Array.from({ length: 25 }, (_, index) => ({ value: `${index}`.padEnd(10_000, "x") }));
    const user = { schemas: [USER], userName, externalId: "same", roles };
    expect((await send(directory, "POST", "/Users", user)).status).toBe(201);
  }
  return { directory, names };
}

const namesOf = ({ body }: Answer): string[] =>
  body.Resources.map(
    (resource: { userName?: string; displayName?: string }) => resource.userName ?? resource.displayName,
  );

function expectShort(page: Answer): void {
  expect(page.status).toBe(200);
  expect(JSON.stringify(page.body).length).toBeLessThan(MOST_BYTES);
  expect(page.body.itemsPerPage).toBe(page.body.Resources.length);
  expect(page.body.itemsPerPage).toBeGreaterThan(0);
}

describe("a list of large users", () => {
  let directory: TestDirectory;
  let names: string[];
  beforeAll(async () => {
    ({ directory, names } = await largeDirectory());
  });

  it.each<[string, (startIndex: number) => Promise<Answer>]>([
    ["a list", (startIndex) => send(directory, "GET", `/Users?count=1000&startIndex=${startIndex}`)],
    [
      "a sorted list",
      (startIndex) => send(directory, "GET", `/Users?sortBy=userName&startIndex=${startIndex}`),
    ],
    [
      "a look-up by what many have",
      (startIndex) => send(directory, "GET", `/Users?filter=externalId eq "same"&startIndex=${startIndex}`),
    ],
    [
      "a search",
      (startIndex) =>
        send(directory, "POST", "/Users/.search", { schemas: [SEARCH], startIndex, count: 500 }),
    ],
    [
      "a search of everything",
      (startIndex) => send(directory, "POST", "/.search", { schemas: [SEARCH], startIndex, count: 500 }),
    ],
  ])("%s comes in pages that end early and say so", async (_name, pageAt) => {
    const seen: string[] = [];
    let pages = 0;
    while (seen.length < USERS) {
      const page = await pageAt(seen.length + 1);
      expectShort(page);
      expect(page.body).toMatchObject({ totalResults: USERS, startIndex: seen.length + 1 });
      seen.push(...namesOf(page));
      pages += 1;
    }
    expect(seen).toEqual(names);
    expect(pages).toBeGreaterThan(1);
  });

  it.each(["", "&sortBy=userName", "&sortOrder=descending"])("is walked by cursors%s", async (order) => {
    const seen: string[] = [];
    for (let cursor: string | undefined = ""; cursor !== undefined; ) {
      const page = await send(directory, "GET", `/Users?count=1000${order}&cursor=${cursor}`);
      expectShort(page);
      seen.push(...namesOf(page));
      cursor = page.body.nextCursor;
    }
    expect(seen).toEqual(order.includes("desc") ? names.toReversed() : names);
  });

  it("shows each of those that were stored before there was a bound, alone", async () => {
    const legacy = await scim.addDirectory("strict");
    for (const userName of ["a", "b", "c"]) {
      const { body } = await send(legacy, "POST", "/Users", { schemas: [USER], userName });
      const resource = {
        roles: Array.from({ length: 70 }, (_, index) => ({ value: `${index}`.padEnd(60_000, "x") })),
      };
      await scim.database.sql.query("UPDATE directory_users SET resource = $2 WHERE id = $1", [
        body.id,
        resource,
      ]);
    }
    const pages = await Promise.all(
      [1, 2, 3].map((index) => send(legacy, "GET", `/Users?startIndex=${index}`)),
    );
    expect(pages.map(namesOf)).toEqual([["a"], ["b"], ["c"]]);
    expect(pages.map(({ body }) => body.totalResults)).toEqual([3, 3, 3]);
  });
});

describe("honest lists", () => {
  it("are whole: a hundred users a page, and their groups", async () => {
    const directory = await scim.addDirectory("strict");
    for (let index = 0; index < 120; index += 1) {
      await send(directory, "POST", "/Users", {
        schemas: [USER],
        userName: `user-${index}`,
        title: "Engineer",
      });
    }
    const page = await send(directory, "GET", "/Users");
    expect(page.body).toMatchObject({ totalResults: 120, itemsPerPage: 100, startIndex: 1 });
  });
});

describe("a group of members with long names", () => {
  const MEMBERS = 4_500;
  let directory: TestDirectory;
  let groupId: string;
  let ids: string[];
  beforeAll(async () => {
    directory = await scim.addDirectory("strict");
    const group = { schemas: [GROUP], displayName: "everyone" };
    groupId = (await send(directory, "POST", "/Groups", group)).body.id;
    await scim.database.sql.query(
      `INSERT INTO directory_users (id, organization_id, directory_id, user_name, user_name_key, resource)
       SELECT gen_random_uuid(), $1, $2, 'u' || n, 'u' || n, jsonb_build_object('displayName', repeat('x', 60000))
       FROM generate_series(1, $3) n`,
      [directory.organizationId, directory.id, MEMBERS],
    );
    const { rows } = await scim.database.sql.query<{ id: string }>(
      "SELECT id FROM directory_users WHERE directory_id = $1 ORDER BY id",
      [directory.id],
    );
    ids = rows.map(({ id }) => id);
  });

  const membersOf = (body: { members: { value: string; display: string }[] }) => body.members;

  it("shows all of them, each name cut, whoever asks how", async () => {
    const members = ids.map((value) => ({ value }));
    const put = await send(directory, "PUT", `/Groups/${groupId}`, {
      schemas: [GROUP],
      displayName: "e",
      members,
    });
    const got = await send(directory, "GET", `/Groups/${groupId}`);
    const listed = await send(directory, "GET", '/Groups?filter=displayName eq "e"');
    const values = await send(directory, "GET", `/Groups/${groupId}?attributes=members.value`);
    const posted = await send(directory, "POST", "/Groups", { schemas: [GROUP], displayName: "f", members });
    for (const body of [put.body, got.body, listed.body.Resources[0], posted.body]) {
      expect(membersOf(body).map(({ value }) => value)).toEqual(ids);
      expect(membersOf(body).every(({ display }) => display === "x".repeat(128))).toBe(true);
    }
    expect(membersOf(values.body)).toEqual(members);
  });

  it("a user of any number of groups shows the first thousand", async () => {
    const [user = ""] = ids;
    await scim.database.sql.query(
      `WITH made AS (
         INSERT INTO directory_groups (id, organization_id, directory_id, display_name, display_name_key, resource)
         SELECT gen_random_uuid(), $1, $2, repeat('n', 500), repeat('n', 500), '{}' FROM generate_series(1, 1500)
         RETURNING id)
       INSERT INTO directory_group_members (organization_id, group_id, user_id) SELECT $1, id, $3 FROM made`,
      [directory.organizationId, directory.id, user],
    );
    const { body } = await send(directory, "GET", `/Users/${user}`);
    expect(body.groups).toHaveLength(1_000);
    expectShort(await send(directory, "GET", "/Users?attributes=groups&count=1000"));
  });
});
