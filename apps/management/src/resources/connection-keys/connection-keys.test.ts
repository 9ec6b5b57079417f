import { createPrivateKey, X509Certificate } from "node:crypto";
import { createConnectionKeys } from "@sallyport/connections/keys";
import { defined } from "@sallyport/defined";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { pageOf } from "../../api/page.ts";
import { startApi, type TestApi } from "../../testing/api.ts";
import { createWorld, OIDC, SAML, type World } from "../../testing/world.ts";
import { connection } from "../connections/schema.ts";
import { connectionKey } from "./schema.ts";

let api: TestApi;
let acme: World;
let connectionId: string;
beforeAll(async () => {
  api = await startApi();
  acme = await createWorld(api, "acme");
});
afterAll(() => api.close());
beforeEach(async () => {
  connectionId = await createConnection({ type: "saml", name: "SAML", saml: SAML });
});

async function createConnection(body: unknown): Promise<string> {
  return (await api.call("createConnection", { params: { org: "acme" }, body })).as(connection).id;
}

const params = (connectionKeyId?: string) => ({
  org: "acme",
  connectionId,
  ...defined({ connectionKeyId }),
});
const create = () => api.call("createConnectionKey", { params: params() });
const created = async () => (await create()).as(connectionKey);
const activate = (id: string, body?: unknown) =>
  api.call("activateConnectionKey", { params: params(id), body });
const retire = (id: string) => api.call("retireConnectionKey", { params: params(id) });
const list = async () =>
  (await api.call("listConnectionKeys", { params: params() })).as(pageOf(connectionKey)).items;
const states = async () => (await list()).map((key) => key.state);
const storedKey = (id: string) => api.deps.database.prisma.connectionKey.findUniqueOrThrow({ where: { id } });

/** As the broker does when somebody fetches the metadata. */
async function readMetadata(): Promise<void> {
  const keys = createConnectionKeys(api.deps.database, api.deps.secrets, api.deps.now);
  const owner = { id: connectionId, organizationId: acme.organizationId };
  await keys.noteMetadataRead(owner, await keys.ensure(owner), { requestId: "r", ip: "192.0.2.1" });
}

const events = async () =>
  (
    await api.deps.database.prisma.event.findMany({
      where: { resourceId: connectionId, type: { startsWith: "connection.key_" } },
      orderBy: { serial: "asc" },
    })
  ).map(({ type, actorType, before, after, data }) => ({
    ...{ type, actorType },
    keyId: z.looseObject({ keyId: z.string() }).parse(after ?? before ?? data).keyId,
  }));

describe("a rotation", () => {
  it("goes from one key to the next, and says so at each step", async () => {
    const first = await created();
    expect(await states()).toEqual(["signing"]);
    await readMetadata();
    const second = await created();
    expect([second.state, second.metadataReadAt, await states()]).toEqual([
      "standby",
      null,
      ["signing", "standby"],
    ]);
    await readMetadata();
    expect((await activate(second.id)).body).toMatchObject({
      state: "signing",
      metadataReadAt: api.clock.now.toISOString(),
    });
    expect(await states()).toEqual(["standby", "signing"]);
    expect((await retire(first.id)).status).toBe(204);
    expect(await states()).toEqual(["retired", "signing"]);
    const operator = (type: string, { id }: { id: string }) => ({
      type: `connection.key_${type}`,
      actorType: "operator",
      keyId: id,
    });
    expect(await events()).toEqual([
      operator("created", first),
      { ...operator("metadata_read", first), actorType: "system" },
      operator("created", second),
      { ...operator("metadata_read", second), actorType: "system" },
      operator("activated", second),
      operator("retired", first),
    ]);
  });

  it("does not switch to a key that no identity provider can know, but by force", async () => {
    const [first, second] = [await created(), await created()];
    expect((await activate(second.id)).outcome).toEqual([409, "connection_key_unread"]);
    expect(await states()).toEqual(["signing", "standby"]);
    expect((await activate(second.id, { force: true })).body).toMatchObject({ state: "signing" });
    expect((await activate(second.id)).status).toBe(200);
    expect((await events()).map((event) => event.type)).toEqual([
      "connection.key_created",
      "connection.key_created",
      "connection.key_activated",
    ]);
    expect((await activate(first.id)).outcome).toEqual([409, "connection_key_unread"]);
  });

  it("may go back as long as both live, and may be given up", async () => {
    const [first, second] = [await created(), await created()];
    await readMetadata();
    await activate(second.id);
    await activate(first.id);
    expect(await states()).toEqual(["signing", "standby"]);
    expect((await retire(second.id)).status).toBe(204);
    expect(await states()).toEqual(["signing", "retired"]);
    expect((await create()).status).toBe(201);
  });

  it("never takes away the key that signs", async () => {
    const first = await created();
    expect((await retire(first.id)).outcome).toEqual([409, "connection_key_signing"]);
    await created();
    expect((await retire(first.id)).outcome).toEqual([409, "connection_key_signing"]);
    expect(await states()).toEqual(["signing", "standby"]);
  });

  it("knows two live keys at most, however many operators begin at once", async () => {
    const replies = await Promise.all(Array.from({ length: 5 }, create));
    expect(replies.map((reply) => reply.outcome).filter(([status]) => status !== 201)).toEqual(
      Array.from({ length: 3 }, () => [409, "connection_keys_too_many"]),
    );
    expect((await states()).toSorted()).toEqual(["signing", "standby"]);
  });

  it("of two operators, one who activates and one who retires the same key, obeys one", async () => {
    const second = [await created(), await created()][1];
    await readMetadata();
    const [activated, retired] = await Promise.all([activate(second?.id ?? ""), retire(second?.id ?? "")]);
    expect([activated.outcome, retired.outcome]).toSatisfy(
      ([one, other]) =>
        (one[0] === 200 && other[1] === "connection_key_signing") ||
        (one[1] === "connection_key_not_found" && other[0] === 204),
    );
    expect((await states()).filter((state) => state === "signing")).toHaveLength(1);
  });

  it("leaves nothing of a retired key but its certificate, and does not bring it back", async () => {
    const [first, second] = [await created(), await created()];
    await activate(second.id, { force: true });
    await retire(first.id);
    expect(await storedKey(first.id)).toMatchObject({ privateKey: null, certificate: first.certificate });
    expect((await activate(first.id, { force: true })).outcome).toEqual([404, "connection_key_not_found"]);
    expect((await retire(first.id)).outcome).toEqual([404, "connection_key_not_found"]);
  });
});

describe("a key pair", () => {
  it("is shown as its certificate, and stored sealed for its own row", async () => {
    const key = await created();
    const x509 = new X509Certificate(key.certificate);
    expect(x509.fingerprint256.replaceAll(":", "").toLowerCase()).toBe(key.fingerprint);
    expect(new Date(x509.validTo).toISOString()).toBe(key.notAfter);
    expect([key.expired, key.expiring, key.expiresInDays > 3_600]).toEqual([false, false, true]);
    const sealed = (await storedKey(key.id)).privateKey ?? "";
    const pem = api.deps.secrets.open(sealed, `connection_keys.private_key:${key.id}`);
    expect(x509.checkPrivateKey(createPrivateKey(pem))).toBe(true);
    expect(sealed).not.toContain("PRIVATE KEY");
    expect(JSON.stringify(await list())).not.toMatch(/privateKey|PRIVATE|s1\./);
  });

  it("belongs to OpenID Connect connections, too, and changes in the same way", async () => {
    connectionId = await createConnection({ type: "oidc", name: "OIDC", oidc: OIDC });
    expect(await list()).toEqual([]);
    await created();
    const second = await created();
    expect((await activate(second.id)).outcome).toEqual([409, "connection_key_unread"]);
    expect(await states()).toEqual(["signing", "standby"]);
  });

  it("is not touched by way of another connection", async () => {
    const foreign = acme.connectionKeyId;
    expect((await activate(foreign)).outcome).toEqual([404, "connection_key_not_found"]);
    expect((await retire(foreign)).outcome).toEqual([404, "connection_key_not_found"]);
    expect((await storedKey(foreign)).retiredAt).toBeNull();
  });
});
