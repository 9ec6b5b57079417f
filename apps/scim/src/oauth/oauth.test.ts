import { newId } from "@sallyport/database";
import { digestToken, newToken, tokenHint } from "@sallyport/secrets";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send, startScim, type TestDirectory, type TestScim } from "../testing/scim-server.ts";

// RFC 6749: client credentials (§4.4), how a client names itself (§2.3), answers (§5).

const HOUR_MS = 3_600_000;
const GRANT = { grant_type: "client_credentials" };

let scim: TestScim;
let time = new Date("2030-01-01T00:00:00Z");
beforeAll(async () => {
  scim = await startScim({ now: () => time });
});
afterAll(() => scim.stop());

interface Client {
  readonly id: string;
  readonly secret: string;
}

async function addClient({ id: directoryId, organizationId }: TestDirectory): Promise<Client> {
  const [id, secret] = [newId(), newToken("scim_secret")];
  const secretDigest = new Uint8Array(digestToken(secret));
  await scim.database.prisma.directoryClient.create({
    data: { id, organizationId, directoryId, secretDigest, hint: tokenHint(secret) },
  });
  return { id, secret };
}

async function createWorld(settings: object = {}) {
  const directory = await scim.addDirectory("entra", { settings });
  return { directory, client: await addClient(directory) };
}

const basic = ({ id, secret }: Client) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`,
});
const inForm = ({ id, secret }: Client) => ({ client_id: id, client_secret: secret });

async function ask(
  directory: Pick<TestDirectory, "url">,
  form: Record<string, string> | string,
  headers: Record<string, string> = {},
  method = "POST",
) {
  const response = await fetch(`${directory.url}/oauth2/token`, {
    method,
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    ...(method === "GET"
      ? {}
      : { body: typeof form === "string" ? form : new URLSearchParams(form).toString() }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, string | number>,
  };
}

async function tokenOf(directory: TestDirectory, client: Client): Promise<string> {
  const { status, body } = await ask(directory, { ...GRANT, ...inForm(client) });
  expect(status).toBe(200);
  return String(body.access_token);
}

const list = (directory: TestDirectory, token: string) => send({ ...directory, token }, "GET", "/Users");

describe("a client", () => {
  it.each([
    ["by HTTP Basic", (client: Client) => ask(world.directory, GRANT, basic(client))],
    ["in the form", (client: Client) => ask(world.directory, { ...GRANT, ...inForm(client) })],
    [
      "in the form, with a scope",
      (client: Client) => ask(world.directory, { ...GRANT, ...inForm(client), scope: "x" }),
    ],
    [
      "by both alike",
      (client: Client) => ask(world.directory, { ...GRANT, client_id: client.id }, basic(client)),
    ],
  ])("is given an access token %s", async (_how, request) => {
    const { status, headers, body } = await request(world.client);
    expect([status, headers.get("cache-control"), headers.get("pragma")]).toEqual([
      200,
      "no-store",
      "no-cache",
    ]);
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: "Bearer",
      expires_in: 3600,
      scope: "scim",
    });
    expect((await list(world.directory, String(body.access_token))).status).toBe(200);
  });

  it("has its token stored as a digest, with an audit event and its use", async () => {
    const { directory, client } = await createWorld();
    const token = await tokenOf(directory, client);
    const digest = new Uint8Array(digestToken(token));
    const { prisma } = scim.database;
    expect(await prisma.directoryToken.findUnique({ where: { digest } })).toMatchObject({
      clientId: client.id,
      expiresAt: new Date(time.getTime() + HOUR_MS),
    });
    expect((await prisma.directoryClient.findUnique({ where: { id: client.id } }))?.lastUsedAt).toEqual(time);
    const where = { organizationId: directory.organizationId };
    expect(await prisma.event.findMany({ where })).toMatchObject([
      {
        ...{ type: "directory.token_issued", actorType: "directory", resourceId: directory.id },
        after: { tokenId: expect.any(String), clientId: client.id },
      },
    ]);
    await scim.flush();
    const logged = JSON.stringify(await prisma.scimRequest.findMany({ where }));
    expect(logged).not.toContain(client.secret);
    expect(logged).not.toContain(token);
  });

  it("has tokens for as long as its directory says, and not a moment longer", async () => {
    const { directory, client } = await createWorld({ accessTokenSeconds: 6 * 3600 });
    const before = time;
    const { body } = await ask(directory, { ...GRANT, ...inForm(client) });
    expect(body.expires_in).toBe(6 * 3600);
    time = new Date(before.getTime() + 6 * HOUR_MS - 1);
    expect((await list(directory, String(body.access_token))).status).toBe(200);
    time = new Date(before.getTime() + 6 * HOUR_MS);
    expect((await list(directory, String(body.access_token))).status).toBe(401);
    time = before;
  });

  it("works beside another one of the same directory: one takes over from the other", async () => {
    const { directory, client } = await createWorld();
    const next = await addClient(directory);
    const tokens = [await tokenOf(directory, client), await tokenOf(directory, next)];
    await revoke(client);
    expect((await ask(directory, { ...GRANT, ...inForm(client) })).status).toBe(401);
    expect((await list(directory, tokens[0] ?? "")).status).toBe(401);
    expect((await list(directory, tokens[1] ?? "")).status).toBe(200);
  });

  it("has tokens of its own directory alone", async () => {
    const other = await createWorld();
    const token = await tokenOf(other.directory, other.client);
    expect((await list(world.directory, token)).status).toBe(404);
  });
});

/** As the management API does it: the client, and what it was given. */
async function revoke({ id }: Client): Promise<void> {
  const data = { revokedAt: time };
  await scim.database.prisma.directoryClient.update({ where: { id }, data });
  await scim.database.prisma.directoryToken.updateMany({ where: { clientId: id }, data });
}

let world: Awaited<ReturnType<typeof createWorld>>;
beforeAll(async () => {
  world = await createWorld();
});

describe("a token request is refused", () => {
  const unknown = { id: newId(), secret: newToken("scim_secret") };

  it.each<[string, number, string, (client: Client) => ReturnType<typeof ask>]>([
    [
      "of an unknown client",
      401,
      "invalid_client",
      () => ask(world.directory, { ...GRANT, ...inForm(unknown) }),
    ],
    [
      "of what cannot be an id",
      401,
      "invalid_client",
      (client) => ask(world.directory, { ...GRANT, ...inForm({ ...client, id: "' OR 1=1" }) }),
    ],
    [
      "with a wrong secret",
      401,
      "invalid_client",
      (client) => ask(world.directory, { ...GRANT, ...inForm({ ...client, secret: unknown.secret }) }),
    ],
    [
      "with an empty secret",
      401,
      "invalid_client",
      (client) => ask(world.directory, { ...GRANT, ...inForm({ ...client, secret: "" }) }),
    ],
    ["without a client", 401, "invalid_client", () => ask(world.directory, GRANT)],
    [
      "with a broken header",
      401,
      "invalid_client",
      () => ask(world.directory, GRANT, { authorization: "Basic %" }),
    ],
    [
      "with the secret in both places",
      400,
      "invalid_request",
      (client) => ask(world.directory, { ...GRANT, ...inForm(client) }, basic(client)),
    ],
    [
      "with two different clients",
      400,
      "invalid_request",
      (client) => ask(world.directory, { ...GRANT, client_id: unknown.id }, basic(client)),
    ],
    ["without a grant", 400, "invalid_request", (client) => ask(world.directory, inForm(client))],
    [
      "for another grant",
      400,
      "unsupported_grant_type",
      (client) => ask(world.directory, { grant_type: "password", ...inForm(client) }),
    ],
    [
      "with a parameter sent twice",
      400,
      "invalid_request",
      (client) =>
        ask(
          world.directory,
          `grant_type=client_credentials&${new URLSearchParams(inForm(client))}&client_id=x`,
        ),
    ],
    [
      "as JSON",
      400,
      "invalid_request",
      (client) =>
        ask(world.directory, JSON.stringify({ ...GRANT, ...inForm(client) }), {
          "content-type": "application/json",
        }),
    ],
    [
      "that is too large",
      413,
      "invalid_request",
      () => ask(world.directory, `grant_type=${"x".repeat(20_000)}`),
    ],
    ["by GET", 405, "invalid_request", () => ask(world.directory, GRANT, {}, "GET")],
  ])("%s", async (_what, status, error, request) => {
    const answer = await request(world.client);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ error, error_description: expect.stringMatching(/^[ !#-[\]-~]+$/) });
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });

  it("by Basic with the challenge that tells how (§5.2), and by GET with what is allowed", async () => {
    const refused = await ask(world.directory, GRANT, basic(unknown));
    expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([401, 'Basic realm="scim"']);
    expect((await ask(world.directory, GRANT, {}, "GET")).headers.get("allow")).toBe("POST");
  });

  it("of another directory's client, and at a directory that does not exist", async () => {
    const other = await createWorld();
    expect((await ask(world.directory, { ...GRANT, ...inForm(other.client) })).status).toBe(401);
    const nowhere = { url: `${scim.url}/scim/v2/${newId()}` };
    expect((await ask(nowhere, { ...GRANT, ...inForm(other.client) })).status).toBe(401);
    expect((await ask({ url: `${scim.url}/scim/v2/x` }, { ...GRANT, ...inForm(other.client) })).status).toBe(
      401,
    );
  });

  it("of a directory that was disabled, or deleted", async () => {
    const { directory, client } = await createWorld();
    const change = (data: object) =>
      scim.database.prisma.directory.update({ where: { id: directory.id }, data });
    await change({ status: "disabled" });
    expect(await ask(directory, { ...GRANT, ...inForm(client) })).toMatchObject({
      status: 400,
      body: { error: "unauthorized_client" },
    });
    await change({ status: "active", deletedAt: time });
    expect((await ask(directory, { ...GRANT, ...inForm(client) })).status).toBe(401);
  });

  it("when there are too many, until some time has gone by", async () => {
    const limited = await startScim({ rateLimit: { perSecond: 100, burst: 500 } });
    const url = `${limited.url}/scim/v2/${newId()}`;
    const answers = await Promise.all(
      Array.from({ length: 25 }, () => ask({ url }, { ...GRANT, ...inForm(unknown) })),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(4);
    expect(refused[0]?.body.error).toBe("temporarily_unavailable");
    expect(refused[0]?.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
    await limited.stop();
  });

  it("of whatever is no directory's id as of one: no long name is remembered", async () => {
    const limited = await startScim({ rateLimit: { perSecond: 100, burst: 500 } });
    const answers = await Promise.all(
      Array.from({ length: 25 }, (_, index) =>
        ask({ url: `${limited.url}/scim/v2/${index}${"x".repeat(5_000)}` }, GRANT),
      ),
    );
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(4);
    await limited.stop();
  });
});

it("leaves no error of ours, and no secret, in the log", () => {
  expect(scim.errors).toEqual([]);
});
