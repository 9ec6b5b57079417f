import { statementsOf } from "@sallyport/database/testing";
import { createEventReader, type EventReader } from "@sallyport/events/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { send, startScim, type TestDirectory, type TestScim } from "./testing/scim-server.ts";

// Every statement costs a round trip. The change, its row of the request log and its event are one: a change that adds
// another says so here.

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

let scim: TestScim;
let directory: TestDirectory;
let reader: EventReader;
beforeAll(async () => {
  scim = await startScim();
  directory = await scim.addDirectory();
  reader = createEventReader(scim.database.sql);
  await createUser("first@acme.com"); // the token is looked up, and noted as used
});
afterAll(() => scim.stop());

const createUser = async (userName: string): Promise<string> =>
  (await send(directory, "POST", "/Users", { schemas: [USER], userName })).body.id;
const createGroup = async (displayName: string): Promise<string> =>
  (await send(directory, "POST", "/Groups", { schemas: [GROUP], displayName })).body.id;
const patch = (...Operations: object[]) => ({ schemas: [PATCH], Operations });

/** The statements of a request, and the types of the events that it left. */
async function write(method: string, path: string, body: unknown) {
  await reader.next();
  const statements = await statementsOf(scim.database.pool, async () => {
    expect((await send(directory, method, path, body)).status).toBeLessThan(300);
  });
  return { statements, events: (await reader.next()).map(({ type }) => type) };
}

it("takes one to create a user, with its event", async () => {
  expect(await write("POST", "/Users", { schemas: [USER], userName: "second@acme.com" })).toEqual({
    statements: ["scim_create_users"],
    events: ["directory_user.created"],
  });
});

it("takes two to deactivate a user: it is read, then written with the event", async () => {
  const id = await createUser("third@acme.com");
  expect(await write("PATCH", `/Users/${id}`, patch({ op: "replace", value: { active: false } }))).toEqual({
    statements: ["scim_find_user", "scim_update_users"],
    events: ["directory_user.updated"],
  });
});

it("takes one to add a member to a group, with the event", async () => {
  const [id, group] = [await createUser("fourth@acme.com"), await createGroup("Engineering")];
  const operation = { op: "add", path: "members", value: [{ value: id }] };
  expect(await write("PATCH", `/Groups/${group}`, patch(operation))).toEqual({
    statements: ["scim_change_members"],
    events: ["directory_group.members_changed"],
  });
});
