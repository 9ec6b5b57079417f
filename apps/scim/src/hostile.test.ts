import { newId } from "@sallyport/database";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, send, startScim, type TestDirectory, type TestScim } from "./testing/scim-server.ts";

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const ERROR = "urn:ietf:params:scim:api:messages:2.0:Error";
// The long run: SCIM_FUZZ_RUNS=50000 npm run test:unit -- apps/scim/src/hostile
const RUNS = Number(process.env.SCIM_FUZZ_RUNS ?? 400);
const FOREIGN = "only-the-other-tenant-has-this";

let scim: TestScim;
let directory: TestDirectory;
let other: TestDirectory;
let userId: string;
let groupId: string;
let foreignUserId: string;
let foreignGroupId: string;

beforeAll(async () => {
  scim = await startScim();
  directory = await scim.addDirectory("okta");
  other = await scim.addDirectory("entra");
  userId = await create(directory, "/Users", { schemas: [USER], userName: "own" });
  groupId = await create(directory, "/Groups", { schemas: [GROUP], displayName: "own" });
  foreignUserId = await create(other, "/Users", { schemas: [USER], userName: FOREIGN });
  foreignGroupId = await create(other, "/Groups", { schemas: [GROUP], displayName: FOREIGN });
});
afterAll(() => scim.stop());

async function create(at: TestDirectory, path: string, body: object): Promise<string> {
  const answer = await send(at, "POST", path, body);
  expect(answer.status).toBe(201);
  return answer.body.id;
}

/** All that a request could change, as text. */
async function rows(): Promise<string> {
  const { sql } = scim.database;
  const { rows: all } = await sql.query<{ state: string }>(
    `SELECT (SELECT json_agg(u ORDER BY id) FROM directory_users u)::text ||
            (SELECT json_agg(g ORDER BY id) FROM directory_groups g)::text ||
            coalesce((SELECT json_agg(m ORDER BY group_id, user_id) FROM directory_group_members m)::text, '') ||
            (SELECT json_agg(d ORDER BY mark) FROM dirty_directory_users d)::text ||
            (SELECT json_agg(d ORDER BY mark) FROM dirty_directory_groups d)::text AS state`,
  );
  return all[0]?.state ?? "";
}

const attribute = fc.constantFrom(
  ...[
    "userName",
    "USERNAME",
    "active",
    "emails",
    "name",
    "displayName",
    "members",
    "externalId",
    "groups",
    "id",
  ],
  ...[
    "meta",
    "password",
    "schemas",
    "roles",
    "manager",
    "__proto__",
    "constructor",
    "toString",
    `${USER}:userName`,
  ],
  ...["name.givenName", 'emails[type eq "work"].value', 'members[value eq "x"]', "emails[", "a.b.c.d", ""],
);
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom("True", "", null, "\u0000", "\ud800", [], {}, "__proto__", 1e308),
  fc.constantFrom("own-id", "foreign-id").map((which) => [{ value: which }]),
);
const resource = fc.dictionary(attribute, value, { maxKeys: 6 });
const operation = fc.record(
  { op: fc.constantFrom("add", "Replace", "remove", "move", 7), path: fc.oneof(attribute, value), value },
  { requiredKeys: [] },
);
const filter = fc
  .tuple(attribute, fc.constantFrom("eq", "co", "pr", "gt", "zz", "and", "("), fc.oneof(value, fc.string()))
  .map(([name, operator, operand]) => `${name} ${operator} ${JSON.stringify(operand)}`);

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

const target = fc.constantFrom(
  "/Users",
  "/Groups",
  "/Users/own",
  "/Groups/own",
  "/Users/foreign",
  "/Groups/foreign",
);
const call: fc.Arbitrary<Call> = fc.oneof(
  fc.record({
    method: fc.constantFrom("POST", "PUT", "PATCH"),
    path: target,
    body: fc.oneof(
      resource.map((some) => ({ schemas: [USER, GROUP], ...some })),
      fc.array(operation, { maxLength: 4 }).map((Operations) => ({ schemas: [PATCH], Operations })),
      value,
    ),
  }),
  fc.record({
    method: fc.constant("GET"),
    path: filter.map((text) => `/Users?filter=${text}`),
    body: fc.constant(undefined),
  }),
  fc.record({
    method: fc.constant("GET"),
    path: filter.map((text) => `/Groups?filter=${text}`),
    body: fc.constant(undefined),
  }),
);

function place(text: string): string {
  return text
    .replace("/Users/own", `/Users/${userId}`)
    .replace("/Groups/own", `/Groups/${groupId}`)
    .replace("/Users/foreign", `/Users/${foreignUserId}`)
    .replace("/Groups/foreign", `/Groups/${foreignGroupId}`)
    .replaceAll("own-id", userId)
    .replaceAll("foreign-id", foreignUserId);
}

async function fire({ method, path, body }: Call): Promise<Answer> {
  const [resourcePath = "", query] = place(path).split(/\?filter=(.*)/s);
  const url =
    query === undefined
      ? resourcePath
      : `${resourcePath}?filter=${encodeURIComponent(query).replaceAll("%", "%25")}`;
  return send(
    directory,
    method,
    decodeURI(url),
    body === undefined ? undefined : place(JSON.stringify(body)),
  );
}

it("answers any request with a SCIM error at worst, changes nothing then, and never shows another tenant", async () => {
  await fc.assert(
    fc.asyncProperty(call, async (some) => {
      const before = await rows();
      const answer = await fire(some);
      expect(answer.status).toBeLessThan(500);
      expect(JSON.stringify(answer.body ?? "")).not.toContain(FOREIGN);
      if (answer.status < 400) {
        return;
      }
      expect(answer.body).toMatchObject({ schemas: [ERROR], status: String(answer.status) });
      expect(await rows()).toBe(before);
    }),
    { numRuns: RUNS },
  );
  expect(scim.errors).toEqual([]);
}, 3_600_000);

it.each(["\ud800", "\u0000", "x\udc00y"])(
  "takes %j as a member that is not here, and keeps nothing of it",
  async (value) => {
    const members = [{ value }];
    const group = { schemas: [GROUP], displayName: "odd", members };
    const id = await create(directory, "/Groups", group);
    expect((await send(directory, "PUT", `/Groups/${id}`, group)).status).toBe(200);
    for (const op of ["add", "remove"]) {
      const Operations = [{ op, path: "members", value: members }];
      const { status } = await send(directory, "PATCH", `/Groups/${id}`, { schemas: [PATCH], Operations });
      expect(status).toBeLessThan(400);
    }
    expect((await send(directory, "DELETE", `/Groups/${id}`)).status).toBe(204);
    expect(scim.errors).toEqual([]);
  },
);

it("gives one of 50 concurrent creates of a userName 201, and forty-nine 409", async () => {
  const body = { schemas: [USER], userName: "Wanted" };
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => send(directory, "POST", "/Users", body)),
  );
  const statuses = answers.map((answer) => answer.status).sort();
  expect(statuses).toEqual([201, ...Array.from({ length: 49 }, () => 409)]);
  for (const { status, body: error } of answers) {
    if (status === 409) {
      expect(error.scimType).toBe("uniqueness");
    }
  }
});

describe("another tenant", () => {
  it.each(["GET", "PUT", "PATCH", "DELETE"])(
    "is not reached by %s, and answers as what is unknown",
    async (method) => {
      const body = method === "GET" || method === "DELETE" ? undefined : patchOf(method);
      const paths: [foreign: string, kind: string][] = [
        [foreignUserId, "Users"],
        [foreignGroupId, "Groups"],
      ];
      for (const [foreign, kind] of paths) {
        const unknown = newId();
        const there = await send(directory, method, `/${kind}/${foreign}`, body);
        const nowhere = await send(directory, method, `/${kind}/${unknown}`, body);
        expect([there.status, nowhere.status]).toEqual([404, 404]);
        expect(JSON.stringify(there.body).replace(foreign, unknown)).toBe(JSON.stringify(nowhere.body));
      }
    },
  );

  it("does not make a userName taken", async () => {
    expect((await send(directory, "POST", "/Users", { schemas: [USER], userName: FOREIGN })).status).toBe(
      201,
    );
    await send(directory, "DELETE", `/Users/${await idOf(FOREIGN)}`);
  });

  const idOf = async (userName: string) =>
    (await send(directory, "GET", `/Users?filter=userName eq "${userName}"`)).body.Resources[0].id;

  const patchOf = (method: string) =>
    method === "PUT"
      ? { schemas: [USER, GROUP], userName: "x", displayName: "x" }
      : { schemas: [PATCH], Operations: [{ op: "replace", path: "displayName", value: "x" }] };
});

describe("a token", () => {
  const status = async (at: TestDirectory, token: string) =>
    (await send({ ...at, token }, "GET", "/Users")).status;

  it("opens its own directory only", async () => {
    expect(await status(directory, directory.token)).toBe(200);
    expect(await status(other, directory.token)).toBe(404); // as a directory that is not there
    expect(await status(directory, "scim_unknown")).toBe(401);
    expect(await status({ ...directory, url: `${scim.url}/scim/v2/${newId()}` }, directory.token)).toBe(404);
  });

  it("ends when it is revoked, when it expires, and with its directory", async () => {
    const { prisma } = scim.database;
    const where = { directoryId: other.id };
    const past = new Date(Date.now() - 1000);
    await prisma.directoryToken.updateMany({ where, data: { revokedAt: past } });
    expect(await status(other, other.token)).toBe(401);
    await prisma.directoryToken.updateMany({ where, data: { revokedAt: null, expiresAt: past } });
    expect(await status(other, other.token)).toBe(401);
    await prisma.directoryToken.updateMany({ where, data: { expiresAt: null } });
    expect(await status(other, other.token)).toBe(200);
    await prisma.directory.update({ where: { id: other.id }, data: { status: "disabled" } });
    expect(await status(other, other.token)).toBeGreaterThanOrEqual(401);
    await prisma.directory.update({ where: { id: other.id }, data: { status: "active" } });
  });
});

it("answers 429 with whole seconds to wait once a directory's burst is spent, and others go on", async () => {
  const limited = await startScim({ rateLimit: { perSecond: 0.5, burst: 3 } });
  try {
    const [busy, calm] = [await limited.addDirectory(), await limited.addDirectory()];
    const answers = [];
    for (let index = 0; index < 4; index += 1) {
      answers.push(await send(busy, "GET", "/Users"));
    }
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 429]);
    expect(answers.at(-1)?.headers.get("retry-after")).toMatch(/^[12]$/);
    expect((await send(calm, "GET", "/Users")).status).toBe(200);
  } finally {
    await limited.stop();
  }
});
