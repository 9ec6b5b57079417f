import { createTestDatabase } from "@sallyport/database/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createDirectories } from "../directory/directory.ts";
import type { ScimRequest } from "../protocol/exchange.ts";
import { createStatements } from "../storage/postgres.ts";
import { addTestDirectory } from "../testing/scim-server.ts";
import * as groups from "./groups/groups.ts";
import type { Services } from "./services.ts";
import * as users from "./users/users.ts";

// No HTTP, lanes, or batches: the resources know of none of it.

const test: { services?: Services; request?: ScimRequest; drop?: () => Promise<void> } = {};
beforeAll(async () => {
  const { database, drop } = await createTestDatabase();
  const { id, organizationId } = await addTestDirectory(database, "http://localhost");
  const token = await database.prisma.directoryToken.findFirstOrThrow({ where: { directoryId: id } });
  const { updatedAt } = await database.prisma.directory.findUniqueOrThrow({ where: { id } });
  test.drop = drop;
  test.services = {
    statements: createStatements(database),
    baseUrl: "http://localhost/scim/v2",
    requestReconcile: () => undefined,
  };
  test.request = {
    directory: createDirectories()({
      token_id: token.id,
      updated_at: updatedAt,
      directory_id: id,
      organization_id: organizationId,
      provider: "okta",
      settings: "{}",
    }),
    requestId: "r",
    ip: undefined,
    method: "POST",
    path: "/",
    query: new URLSearchParams(),
    ifMatch: undefined,
    ifNoneMatch: undefined,
    body: undefined,
    dryRun: false,
    receivedAt: new Date(),
    startedAt: performance.now(),
  };
});
afterAll(() => test.drop?.());

it("work on statements that are run one by one", async () => {
  const { services, request } = test;
  if (services === undefined || request === undefined) {
    throw new Error("not started");
  }
  const user = await users.create(services, { ...request, body: { userName: "ada" } });
  expect(user.status).toBe(201);
  const id = String(user.body?.id);
  const group = await groups.create(services, {
    ...request,
    body: { displayName: "G", members: [{ value: id }] },
  });
  expect(group.status).toBe(201);
  const found = await users.get(services, request, id);
  expect(found.body).toMatchObject({ userName: "ada", groups: [{ value: group.body?.id, display: "G" }] });
  expect((await users.remove(services, request, id)).status).toBe(204);
  await expect(users.get(services, request, id)).rejects.toMatchObject({ status: 404 });
});
