import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { digestToken } from "@sallyport/secrets";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { send, startScim, type TestDirectory, type TestScim } from "../testing/scim-server.ts";

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

let scim: TestScim;
beforeAll(async () => {
  scim = await startScim();
});
afterAll(() => scim.stop());

interface World {
  readonly directory: TestDirectory;
  readonly user: string;
  readonly group: string;
}

async function createWorld(): Promise<World> {
  const directory = await scim.addDirectory();
  const user = await send(directory, "POST", "/Users", { schemas: [USER], userName: "ada" });
  const members = [{ value: user.body.id }];
  const group = await send(directory, "POST", "/Groups", { schemas: [GROUP], displayName: "G", members });
  // By a token that was not used yet: its use shows when a request was let in.
  const unused = { ...directory, token: await scim.addToken(directory) };
  return { directory: unused, user: user.body.id, group: group.body.id };
}

const patchOf = (...Operations: object[]) => ({ schemas: [PATCH], Operations });
const newUser = { schemas: [USER], userName: "late" };

const WRITES: [name: string, (world: World) => [method: string, path: string, body?: object]][] = [
  ["POST /Users", () => ["POST", "/Users", newUser]],
  ["PUT /Users/{id}", ({ user }) => ["PUT", `/Users/${user}`, newUser]],
  [
    "PATCH /Users/{id}",
    ({ user }) => ["PATCH", `/Users/${user}`, patchOf({ op: "replace", path: "title", value: "late" })],
  ],
  ["DELETE /Users/{id}", ({ user }) => ["DELETE", `/Users/${user}`]],
  ["POST /Groups", () => ["POST", "/Groups", { schemas: [GROUP], displayName: "late" }]],
  ["PUT /Groups/{id}", ({ group }) => ["PUT", `/Groups/${group}`, { schemas: [GROUP], displayName: "late" }]],
  [
    "PATCH /Groups/{id}, members",
    ({ group }) => ["PATCH", `/Groups/${group}`, patchOf({ op: "remove", path: "members" })],
  ],
  [
    "PATCH /Groups/{id}, one member",
    ({ group, user }) => [
      "PATCH",
      `/Groups/${group}`,
      patchOf({ op: "remove", path: `members[value eq "${user}"]` }),
    ],
  ],
  [
    "PATCH /Groups/{id}, name",
    ({ group }) => [
      "PATCH",
      `/Groups/${group}`,
      patchOf({ op: "replace", path: "displayName", value: "late" }),
    ],
  ],
  ["DELETE /Groups/{id}", ({ group }) => ["DELETE", `/Groups/${group}`]],
];

/** What a write could have changed. */
async function rows(directory: TestDirectory): Promise<unknown> {
  const { prisma } = scim.database;
  const where = { directoryId: directory.id };
  return [
    await prisma.directoryUser.findMany({ where, orderBy: { id: "asc" } }),
    await prisma.directoryGroup.findMany({ where, orderBy: { id: "asc" } }),
    await prisma.directoryGroupMember.findMany({ where: { organizationId: directory.organizationId } }),
    await prisma.dirtyDirectoryUser.count({ where: { organizationId: directory.organizationId } }),
    await prisma.dirtyDirectoryGroup.count({ where: { organizationId: directory.organizationId } }),
    await prisma.event.count({ where: { organizationId: directory.organizationId } }),
  ];
}

const ENDINGS: [name: string, status: number, (directory: TestDirectory) => Promise<unknown>][] = [
  [
    "its token",
    401,
    ({ id }) =>
      scim.database.prisma.directoryToken.updateMany({
        where: { directoryId: id },
        data: { revokedAt: new Date() },
      }),
  ],
  [
    "its directory, disabled",
    403,
    ({ id }) => scim.database.prisma.directory.update({ where: { id }, data: { status: "disabled" } }),
  ],
  [
    "its directory, deleted",
    401,
    ({ id }) => scim.database.prisma.directory.update({ where: { id }, data: { deletedAt: new Date() } }),
  ],
];

describe("a write that was let in before the end of", () => {
  const cases = ENDINGS.flatMap(([ending, status, end]) =>
    WRITES.filter(([name]) => !name.startsWith("DELETE")).map(
      ([name, write]) => [ending, name, status, end, write] as const,
    ),
  );

  it.each(cases)("%s: %s writes nothing", async (_ending, _name, status, end, write) => {
    const world = await createWorld();
    const { directory } = world;
    const [method, path, body] = write(world);
    const request = begin(directory, method, path);
    await letIn(directory);
    await end(directory);
    const before = await rows(directory);
    const answer = await finish(request, JSON.stringify(body));
    expect(answer).toMatchObject({ status, body: { status: String(status) } });
    expect(await rows(directory)).toEqual(before);
  });

  it("its organization writes nothing, and answers no 500", async () => {
    const { directory } = await createWorld();
    const request = begin(directory, "POST", "/Users");
    await letIn(directory);
    await scim.database.prisma.organization.delete({ where: { id: directory.organizationId } });
    expect(await finish(request, JSON.stringify(newUser))).toMatchObject({ status: 401 });
    expect(scim.errors).toEqual([]);
  });

  it("its token, in Bulk, writes none of the operations", async () => {
    const world = await createWorld();
    const request = begin(world.directory, "POST", "/Bulk");
    await letIn(world.directory);
    await scim.database.prisma.directoryToken.updateMany({
      where: { directoryId: world.directory.id },
      data: { revokedAt: new Date() },
    });
    const Operations = [{ method: "POST", path: "/Users", bulkId: "a", data: newUser }];
    const { body } = await finish(request, JSON.stringify({ schemas: [BULK], Operations }));
    expect(body.Operations).toMatchObject([{ status: "401" }]);
    expect(await scim.database.prisma.directoryUser.count({ where: { userName: "late" } })).toBe(0);
  });
});

const READS: [name: string, (world: World) => [method: string, path: string, body?: object]][] = [
  ["GET /Users", () => ["GET", "/Users"]],
  ["GET /Users by name", () => ["GET", '/Users?filter=userName eq "ada"']],
  ["GET /Users by cursor", () => ["GET", "/Users?cursor&count=1"]],
  ["GET /Users/{id}", ({ user }) => ["GET", `/Users/${user}`]],
  ["GET /Groups", () => ["GET", "/Groups"]],
  ["GET /Groups/{id}", ({ group }) => ["GET", `/Groups/${group}`]],
  ["GET nobody", () => ["GET", '/Users?filter=userName eq "nobody"']],
  ["GET /Schemas", () => ["GET", "/Schemas"]],
];

describe("a request by a token that was good a moment ago, after the end of", () => {
  const cases = ENDINGS.flatMap(([ending, status, end]) =>
    [...READS, ...WRITES].map(([name, ask]) => [ending, name, status, end, ask] as const),
  );

  it.each(cases)("%s: %s is refused", async (_ending, _name, status, end, ask) => {
    const world = await createWorld();
    const { directory } = world;
    expect((await send(directory, "GET", "/Users")).status).toBe(200);
    await end(directory);
    const before = await rows(directory);
    const answer = await send(directory, ...ask(world));
    expect(answer).toMatchObject({ status, body: { status: String(status) } });
    expect(await rows(directory)).toEqual(before);
  });

  const malformed: [name: string, method: string, path: string, body?: unknown, type?: string][] = [
    ["no JSON", "POST", "/Users", "{"],
    ["another media type", "POST", "/Users", "x", "text/plain"],
    ["another method", "PUT", "/Users", {}],
    ["a filter that cannot be read", "GET", "/Users?filter=("],
  ];
  const told = ENDINGS.flatMap(([ending, status, end]) =>
    malformed.map(([name, ...request]) => [ending, name, status, end, request] as const),
  );
  it.each(told)("%s: %s is not told to whoever may not ask", async (_ending, _name, status, end, request) => {
    const { directory } = await createWorld();
    const [method, path, body, type] = request;
    const ask = () => send(directory, method, path, body, type === undefined ? {} : { "content-type": type });
    expect((await send(directory, "GET", "/Users")).status).toBe(200);
    expect([400, 405, 415]).toContain((await ask()).status);
    await end(directory);
    expect(await ask()).toMatchObject({ status, body: { status: String(status) } });
  });

  it("its time is refused", async () => {
    let time = new Date();
    const later = await startScim({ now: () => time });
    const directory = await later.addDirectory();
    await later.database.prisma.directoryToken.updateMany({ data: { expiresAt: new Date(+time + 10_000) } });
    expect((await send(directory, "GET", "/Users")).status).toBe(200);
    time = new Date(+time + 10_001);
    expect((await send(directory, "GET", "/Users")).status).toBe(401);
    await later.stop();
  });
});

it("goes by new settings at once, whatever was remembered", async () => {
  const directory = await scim.addDirectory("generic");
  const user = { schemas: [USER], userName: "ada", active: false };
  expect((await send(directory, "POST", "/Users", user)).status).toBe(201);
  const again = { ...user, active: true };
  expect((await send(directory, "POST", "/Users", again)).status).toBe(409);
  // Okta means the deactivated user by it.
  await scim.database.prisma.directory.update({ where: { id: directory.id }, data: { provider: "okta" } });
  expect((await send(directory, "POST", "/Users", again)).status).toBe(201);
});

it("asks for the token once a minute, not for each request of a push", async () => {
  const { directory, user } = await createWorld();
  await send(directory, "GET", "/Users");
  const query = vi.spyOn(scim.database.sql, "query");
  const names = async (method: string, path: string, body?: object) => {
    query.mockClear();
    await send(directory, method, path, body);
    // The request log is written behind the answers.
    return query.mock.calls.map(([, , name]) => name).filter((name) => name !== "scim_log_requests");
  };
  expect(await names("GET", `/Users/${user}`)).toEqual(["scim_find_user"]);
  expect(await names("POST", "/Users", newUser)).toEqual(["scim_create_users"]);
  expect(await names("GET", "/Users/unknown")).toEqual(["scim_find_token"]);
  query.mockRestore();
});

describe("a write while the directory is just being deleted", () => {
  it.each(WRITES)("%s waits for that, and writes nothing then", async (_name, write) => {
    const world = await createWorld();
    const { directory } = world;
    const [method, path, body] = write(world);
    const before = await rows(directory);
    let answer: ReturnType<typeof send> | undefined;
    await scim.database.transaction(async (sql) => {
      await sql.query("SELECT id FROM directories WHERE id = $1 FOR UPDATE", [directory.id]);
      answer = send(directory, method, path, body);
      await blocked();
      await sql.query("UPDATE directories SET deleted_at = now() WHERE id = $1", [directory.id]);
    });
    expect(await answer).toMatchObject({ status: 401 });
    expect(await rows(directory)).toEqual(before);
  });

  // A write that records its event waits for this lock: it has begun, and does not end.
  const HELD = 1;
  beforeAll(async () => {
    await scim.database.sql.query(
      `CREATE FUNCTION hold_events() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN PERFORM pg_advisory_xact_lock_shared(${HELD}); RETURN NEW; END $$`,
    );
    await scim.database.sql.query(
      "CREATE TRIGGER hold_events BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION hold_events()",
    );
  });

  it.each(WRITES)("%s that has begun holds the deletion up", async (_name, write) => {
    const world = await createWorld();
    const { directory } = world;
    const [method, path, body] = write(world);
    let answer: ReturnType<typeof send> | undefined;
    let deletion: Promise<unknown> | undefined;
    await scim.database.transaction(async (sql) => {
      await sql.query(`SELECT pg_advisory_xact_lock(${HELD})::text`);
      answer = send(directory, method, path, body);
      await blocked();
      deletion = scim.database.sql.query("SELECT id FROM directories WHERE id = $1 FOR UPDATE", [
        directory.id,
      ]);
      await blocked(2);
    });
    expect((await answer)?.status).toBeLessThan(300);
    await deletion;
  });
});

/** Sends a request up to its body. */
function begin({ url, token }: TestDirectory, method: string, path: string): ClientRequest {
  const request = httpRequest(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/scim+json" },
  });
  request.flushHeaders();
  return request;
}

async function finish(request: ClientRequest, body: string) {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request.once("response", resolve).once("error", reject).end(body);
  });
  const text = (await answer.toArray()).join("");
  return { status: answer.statusCode, body: text === "" ? undefined : JSON.parse(text) };
}

/** Waits until the directory's token was found good. */
async function letIn({ token }: TestDirectory): Promise<void> {
  const digest = new Uint8Array(digestToken(token));
  await vi.waitFor(async () => {
    const found = await scim.database.prisma.directoryToken.findUniqueOrThrow({ where: { digest } });
    expect(found.lastUsedAt).not.toBeNull();
  });
}

/** Waits until so many statements wait for locks. */
async function blocked(count = 1): Promise<void> {
  await vi.waitFor(async () => {
    const { rows } = await scim.database.sql.query<{ waiting: number }>(
      `SELECT count(*)::int AS waiting FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    expect(rows[0]?.waiting).toBe(count);
  });
}
