import { newId } from "@sallyport/database";
import type { RecordedEvent } from "@sallyport/events";
import { createEventReader, type EventReader } from "@sallyport/events/testing";
import { digestToken, newToken, tokenHint } from "@sallyport/secrets";
import { afterAll, beforeAll, expect, it } from "vitest";
import { send, startScim, type TestDirectory, type TestScim } from "./testing/scim-server.ts";

// Every write of a SCIM client leaves exactly the events that the catalogue has for it; what changes nothing leaves none.

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

let scim: TestScim;
let directory: TestDirectory;
let reader: EventReader;
beforeAll(async () => {
  scim = await startScim();
  directory = await scim.addDirectory();
  reader = createEventReader(scim.database.sql);
});
afterAll(() => scim.stop());

/** Sends a write, and gives what it answered and the events that it left. */
async function write(method: string, path: string, body?: unknown) {
  const answer = await send(directory, method, path, body);
  expect(answer.status).toBeLessThan(300);
  const events = await reader.next();
  for (const event of events) {
    expect(event).toMatchObject({
      organizationId: directory.organizationId,
      actor: { type: "directory", id: directory.id },
      requestId: expect.any(String),
    });
  }
  return { body: answer.body, events: events.map(told) };
}

/** What it is about, by whichever of its parts it has. */
function told({ type, resource, before, after, data }: RecordedEvent) {
  return { type, id: resource.id, before, after, data };
}

const user = (userName: string, more: object = {}) => ({ schemas: [USER], userName, ...more });
const patch = (...Operations: object[]) => ({ schemas: [PATCH], Operations });

async function createUser(userName: string): Promise<string> {
  return (await write("POST", "/Users", user(userName))).body.id;
}

it("a user: created, replaced, patched, left as it is, deleted", async () => {
  const emails = [{ value: "ada@acme.com", primary: true }];
  const made = await write("POST", "/Users", user("ada@acme.com", { externalId: "1", emails }));
  const { id } = made.body;
  expect(made.events).toEqual([
    {
      ...{ type: "directory_user.created", id },
      after: { userName: "ada@acme.com", externalId: "1", active: true, email: "ada@acme.com" },
    },
  ]);
  const replaced = user("ada@acme.com", { externalId: "1", emails, displayName: "Ada", active: false });
  expect((await write("PUT", `/Users/${id}`, replaced)).events).toEqual([
    {
      ...{ type: "directory_user.updated", id },
      before: { active: true },
      after: { active: false },
      data: { attributes: ["active", "displayName"] },
    },
  ]);
  expect((await write("PUT", `/Users/${id}`, replaced)).events).toEqual([]);
  const renamed = patch({ op: "replace", path: "userName", value: "ada.king@acme.com" });
  expect((await write("PATCH", `/Users/${id}`, renamed)).events).toEqual([
    {
      ...{ type: "directory_user.updated", id },
      before: { userName: "ada@acme.com" },
      after: { userName: "ada.king@acme.com" },
      data: { attributes: ["userName"] },
    },
  ]);
  expect((await write("PATCH", `/Users/${id}`, renamed)).events).toEqual([]);
  const titled = patch({ op: "add", path: "title", value: "Countess" });
  expect((await write("PATCH", `/Users/${id}`, titled)).events).toEqual([
    { ...{ type: "directory_user.updated", id }, before: {}, after: {}, data: { attributes: ["title"] } },
  ]);
  expect((await write("DELETE", `/Users/${id}`)).events).toEqual([
    { ...{ type: "directory_user.deleted", id }, before: { userName: "ada.king@acme.com" } },
  ]);
});

it("a group: created, its members changed, renamed, replaced, deleted", async () => {
  const [ann, ben] = [await createUser("ann"), await createUser("ben")];
  const members = [{ value: ann }];
  const made = await write("POST", "/Groups", { schemas: [GROUP], displayName: "Staff", members });
  const { id } = made.body;
  expect(made.events).toEqual([
    {
      ...{ type: "directory_group.created", id },
      after: { displayName: "Staff", externalId: null },
      data: { added: [ann], addedCount: 1 },
    },
  ]);
  const none = { added: [], addedCount: 0, removed: [], removedCount: 0 };
  const add = patch({ op: "add", path: "members", value: [{ value: ben }] });
  expect((await write("PATCH", `/Groups/${id}`, add)).events).toEqual([
    { type: "directory_group.members_changed", id, data: { ...none, added: [ben], addedCount: 1 } },
  ]);
  expect((await write("PATCH", `/Groups/${id}`, add)).events).toEqual([]);
  const remove = patch({ op: "remove", path: `members[value eq "${ann}"]` });
  expect((await write("PATCH", `/Groups/${id}`, remove)).events).toEqual([
    { type: "directory_group.members_changed", id, data: { ...none, removed: [ann], removedCount: 1 } },
  ]);
  const rename = patch({ op: "replace", path: "displayName", value: "Everybody" });
  expect((await write("PATCH", `/Groups/${id}`, rename)).events).toEqual([
    {
      ...{ type: "directory_group.updated", id },
      before: { displayName: "Staff" },
      after: { displayName: "Everybody" },
      data: { ...none, attributes: ["displayName"] },
    },
  ]);
  const whole = { schemas: [GROUP], displayName: "Everybody", externalId: "g", members };
  expect((await write("PUT", `/Groups/${id}`, whole)).events).toEqual([
    {
      ...{ type: "directory_group.updated", id },
      before: { externalId: null },
      after: { externalId: "g" },
      data: { attributes: ["externalId"], added: [ann], addedCount: 1, removed: [ben], removedCount: 1 },
    },
  ]);
  expect((await write("PUT", `/Groups/${id}`, whole)).events).toEqual([]);
  expect((await write("DELETE", `/Groups/${id}`)).events).toEqual([
    { type: "directory_group.deleted", id, before: { displayName: "Everybody" } },
  ]);
});

it("a bulk request: those of each of its operations", async () => {
  const operation = (name: string) => ({ method: "POST", path: "/Users", bulkId: name, data: user(name) });
  const bulk = { schemas: [BULK], Operations: [operation("b1"), operation("b2")] };
  expect((await write("POST", "/Bulk", bulk)).events).toMatchObject([
    { type: "directory_user.created", after: { userName: "b1" } },
    { type: "directory_user.created", after: { userName: "b2" } },
  ]);
});

it("a user whose name is taken, an unknown one, and what is malformed: none", async () => {
  await createUser("taken");
  for (const [method, path, body, status] of [
    ["POST", "/Users", user("taken"), 409],
    ["PUT", `/Users/${newId()}`, user("nobody"), 404],
    ["PATCH", `/Users/${newId()}`, patch({ op: "add", path: "title", value: "x" }), 404],
    ["DELETE", `/Groups/${newId()}`, undefined, 404],
    ["POST", "/Groups", { schemas: [GROUP] }, 400],
  ] as const) {
    expect((await send(directory, method, path, body)).status).toBe(status);
  }
  expect(await reader.next()).toEqual([]);
});

it("an access token for an OAuth client", async () => {
  const { id: directoryId, organizationId } = directory;
  const [id, secret] = [newId(), newToken("scim_secret")];
  const secretDigest = new Uint8Array(digestToken(secret));
  await scim.database.prisma.directoryClient.create({
    data: { id, organizationId, directoryId, secretDigest, hint: tokenHint(secret) },
  });
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: id,
    client_secret: secret,
  });
  const answer = await fetch(`${directory.url}/oauth2/token`, { method: "POST", body });
  expect(answer.status).toBe(200);
  expect((await reader.next()).map(told)).toEqual([
    {
      ...{ type: "directory.token_issued", id: directoryId },
      after: { tokenId: expect.any(String), clientId: id },
    },
  ]);
});
