import { newId } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { createSecretBox, newEncryptionKey, type SecretBox } from "@sallyport/secrets";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createConnectionKeys } from "./connection-keys.ts";
import { makeKeyPair } from "./key-pair.ts";
import { beginRotation, retireKey } from "./rotation.ts";
import type { KeyOwner } from "./store.ts";

const now = () => new Date("2030-01-01T00:00:00Z");
const secrets: SecretBox = createSecretBox([newEncryptionKey()]);
let test: TestDatabase;
let owner: KeyOwner;

beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());
beforeEach(async () => {
  const organizationId = newId();
  const id = newId();
  await test.database.prisma.organization.create({
    data: {
      id: organizationId,
      slug: `org-${organizationId}`,
      name: "Acme",
      connections: { create: { id, type: "saml", name: "SAML", settings: {} } },
    },
  });
  owner = { id, organizationId };
});

const create = (box = secrets) => createConnectionKeys(test.database, box, now);
const begin = async () => {
  const pair = await makeKeyPair(owner.id, now());
  return test.database.transaction((sql) => beginRotation(sql, secrets, owner, pair, now()));
};
const eventTypes = async () =>
  (await test.database.prisma.event.findMany({ where: { organizationId: owner.organizationId } })).map(
    ({ type }) => type,
  );

describe("the first key", () => {
  it("is made when it is needed, and not before", async () => {
    const keys = create();
    expect(await keys.find(owner)).toBeNull();
    const made = await keys.ensure(owner);
    expect(await create().ensure(owner)).toMatchObject({ signing: { id: made.signing.id } });
    expect(await eventTypes()).toEqual(["connection.key_created"]);
  });

  it("is one, however many processes need it at once", async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => create().ensure(owner)));
    expect(new Set(made.map((keys) => keys.signing.id)).size).toBe(1);
    expect(await test.database.prisma.connectionKey.count({ where: { connectionId: owner.id } })).toBe(1);
    expect(await eventTypes()).toEqual(["connection.key_created"]);
  });

  it("is found by its own organization only", async () => {
    await create().ensure(owner);
    expect(await create().find({ ...owner, organizationId: newId() })).toBeNull();
  });
});

describe("opened keys", () => {
  const countingBox = () => ({ ...secrets, open: vi.fn(secrets.open) });

  it("are remembered, and forgotten once they are retired", async () => {
    await create().ensure(owner);
    const second = await begin();
    if (!second.ok) {
      throw new Error(second.code);
    }
    const box = countingBox();
    const keys = create(box);
    const before = await keys.find(owner);
    const again = await keys.find(owner);
    expect(box.open).toHaveBeenCalledTimes(2);
    expect(again?.newestFirst.map((key) => key.privateKey)).toEqual(
      before?.newestFirst.map((key) => key.privateKey),
    );
    await test.database.transaction((sql) => retireKey(sql, owner, second.id, now()));
    expect((await keys.find(owner))?.newestFirst.map((key) => key.id)).toEqual([before?.signing.id]);
    expect(box.open).toHaveBeenCalledTimes(2);
  });

  it("do not open for another ring", async () => {
    await create().ensure(owner);
    const foreign = createConnectionKeys(test.database, createSecretBox([newEncryptionKey()]), now);
    await expect(foreign.find(owner)).rejects.toMatchObject({ code: "secret_key_unknown" });
  });
});

it("notes once that a key's metadata was read, of the keys that stood in it", async () => {
  const keys = create();
  const inMetadata = await keys.ensure(owner);
  await begin();
  const reader = { requestId: "request", ip: "192.0.2.1" };
  await keys.noteMetadataRead(owner, inMetadata, reader);
  await keys.noteMetadataRead(owner, inMetadata, reader);
  const live = await keys.find(owner);
  expect(live?.newestFirst.map((key) => key.metadataRead)).toEqual([false, true]);
  const events = await test.database.prisma.event.findMany({
    where: { type: "connection.key_metadata_read", organizationId: owner.organizationId },
  });
  expect(events).toMatchObject([{ resourceId: owner.id, data: { keyId: inMetadata.signing.id }, ...reader }]);
});
