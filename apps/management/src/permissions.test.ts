import { newId } from "@sallyport/database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PERMISSIONS, type Permission } from "./access/permissions.ts";
import { ROLE_NAMES } from "./access/roles.ts";
import { createdApiKey } from "./resources/api-keys/schema.ts";
import { endpointsOf } from "./resources/index.ts";
import { DECLARED, startApi, type TestApi } from "./testing/api.ts";
import { createWorld, insertApiKey, type World } from "./testing/world.ts";

// Who may do what, written by hand: nothing here follows from the declarations that it is held against.

/** What a field of an operation needs, beside the operation itself. */
const OF_FIELDS = [
  "organizations.rename",
  "organizations.seats",
  "domains.verify",
  "gateway_webhooks.read",
  "gateway_webhooks.write",
] as const;

const OPERATIONS: Readonly<Record<Exclude<Permission, (typeof OF_FIELDS)[number]>, string>> = {
  "organization.read":
    "listOrganizations search getOrganization getLogo planSignInPolicy getSetup saveSetupProgress",
  "organization.write": "updateOrganization setLogo removeLogo",
  "domains.read": "listDomains",
  "domains.write": "addDomain verifyDomain removeDomain",
  "connections.read":
    "listConnections getConnection getConnectionUsage listConnectionKeys getTestLogin getConnectionDraft getReplacedSettings getConnectionSignals",
  "connections.write":
    "createConnection inspectIdp updateConnection deleteConnection createTestLogin saveConnectionDraft discardConnectionDraft createDraftTestLogin activateConnectionDraft revertConnection createConnectionKey activateConnectionKey retireConnectionKey refreshConnectionMetadata applyHeldBackMetadata checkConnectionSignals replaceConnectionSignalStream verifyConnectionSignalStream removeConnectionSignalStream",
  "login_records.read": "listLoginRecords getLoginRecord",
  "directories.read":
    "listDirectories getDirectory listDirectoryUsers getDirectoryUser listDirectoryGroups listDirectoryTokens listDirectoryClients",
  "directories.write":
    "createDirectory updateDirectory deleteDirectory createDirectoryToken revokeDirectoryToken createDirectoryClient revokeDirectoryClient",
  "scim_requests.read": "listScimRequests getScimRequest streamScimRequests",
  "group_mappings.read": "listGroupMappings matchGroups",
  "group_mappings.write": "replaceGroupMappings planGroupMappings",
  "roles.read": "listRoles getRole",
  "roles.write": "createRole updateRole deleteRole",
  "access_policy.read": "getAccessPolicy",
  "access_policy.write": "updateAccessPolicy planAccessPolicy",
  "members.read": "listMembers getMember getMemberAccess planDirectory getConsoleRole getErasureState",
  "members.write": "addMember updateMember removeMember setConsoleRole removeConsoleRole activateDirectory",
  "conflicts.read": "listConflicts getConflict",
  "conflicts.write": "resolveConflict",
  "held_changes.read": "listHeldChanges getHeldChange planHeldChange",
  "held_changes.write": "confirmHeldChange rejectHeldChange",
  "guards.read": "getGuard getDirectoryGuard getConnectionGuard",
  "guards.write":
    "replaceGuard replaceDirectoryGuard resetDirectoryGuard replaceConnectionGuard resetConnectionGuard",
  "erasure.write": "eraseMember",
  "retention.read": "getRetention planRetention",
  "retention.write": "replaceRetention resetRetention",
  "sessions.read": "listSessions getSession",
  "sessions.write": "endSession",
  "audit_events.read":
    "getAuditTrail verifyAuditTrail getAuditTrailVerification proveAuditEvent listAuditEvents exportAuditEvents readEvents",
  "statistics.read": "getOrganizationOverview getOrganizationStatistics listOrganizationHealth",
  "setup_links.read": "listSetupLinks",
  "setup_links.write": "createSetupLink revokeSetupLink",
  "audit_streams.read": "listAuditStreams getAuditStream",
  "audit_streams.write": "createAuditStream updateAuditStream testAuditStream deleteAuditStream",
  "webhooks.read":
    "listWebhookEndpoints getWebhookEndpoint listWebhookDeliveries getWebhookDelivery listEventTypes",
  "webhooks.write":
    "createWebhookEndpoint updateWebhookEndpoint rotateWebhookSecret testWebhookEndpoint deleteWebhookEndpoint replayWebhookDelivery replayWebhookDeliveries",

  "organizations.create": "createOrganization",
  "organizations.delete": "deleteOrganization",
  "reserved_slugs.read": "listReservedSlugs",
  "reserved_slugs.write": "freeReservedSlug",
  "applications.read":
    "listApplications getApplication checkApplication listSignalStreams listApplicationSignalStreams getSignalStream",
  "applications.write":
    "createApplication updateApplication rotateApplicationSecret deleteApplication setSignalStreamStatus verifySignalStream deleteSignalStream",
  "api_keys.read": "listApiKeys",
  "api_keys.write": "createApiKey revokeApiKey",
  "signing_keys.read": "listSigningKeys",
  "signing_keys.write": "rotateSigningKeys distrustSigningKey rotateAuditKey",
  "encryption_keys.read": "listEncryptionKeys",
  "queues.read": "getQueueHealth",
  "queues.write": "retryQueue",
  "gateway_audit_events.read":
    "listGatewayAuditEvents exportGatewayAuditEvents readAllEvents getGatewayAuditTrail verifyGatewayAuditTrail getGatewayAuditTrailVerification",
  "gateway_audit_streams.read": "listGatewayAuditStreams getGatewayAuditStream",
  "gateway_audit_streams.write":
    "createGatewayAuditStream updateGatewayAuditStream testGatewayAuditStream deleteGatewayAuditStream",
};

/** For the holder of a setup link alone, whatever a key may do. */
const OF_SETUP_LINKS = ["getSetup", "saveSetupProgress"];

// yes: may. no: 403, the permission is missing. scope: 403, it takes a key without an organization.
const ACCESS = `
                             root  gateway  organization  admin  viewer  members.read  everyViewer  applications.write
  organization.read          yes   yes      yes           yes    yes     no            yes          no
  organization.write         yes   yes      yes           yes    no      no            no           no
  domains.read               yes   yes      yes           yes    yes     no            yes          no
  domains.write              yes   yes      yes           yes    no      no            no           no
  connections.read           yes   yes      yes           yes    yes     no            yes          no
  connections.write          yes   yes      yes           yes    no      no            no           no
  login_records.read         yes   yes      yes           yes    yes     no            yes          no
  directories.read           yes   yes      yes           yes    yes     no            yes          no
  directories.write          yes   yes      yes           yes    no      no            no           no
  scim_requests.read         yes   yes      yes           yes    yes     no            yes          no
  group_mappings.read        yes   yes      yes           yes    yes     no            yes          no
  group_mappings.write       yes   yes      yes           yes    no      no            no           no
  roles.read                 yes   yes      yes           yes    yes     no            yes          no
  roles.write                yes   yes      yes           yes    no      no            no           no
  access_policy.read         yes   yes      yes           yes    yes     no            yes          no
  access_policy.write        yes   yes      yes           yes    no      no            no           no
  members.read               yes   yes      yes           yes    yes     yes           yes          no
  members.write              yes   yes      yes           yes    no      no            no           no
  conflicts.read             yes   yes      yes           yes    yes     no            yes          no
  conflicts.write            yes   yes      yes           yes    no      no            no           no
  held_changes.read          yes   yes      yes           yes    yes     no            yes          no
  held_changes.write         yes   yes      yes           yes    no      no            no           no
  guards.read                yes   yes      yes           yes    yes     no            yes          no
  guards.write               yes   yes      yes           yes    no      no            no           no
  erasure.write              yes   yes      yes           yes    no      no            no           no
  retention.read             yes   yes      yes           yes    yes     no            yes          no
  retention.write            yes   yes      yes           yes    no      no            no           no
  sessions.read              yes   yes      yes           yes    yes     no            yes          no
  sessions.write             yes   yes      yes           yes    no      no            no           no
  audit_events.read          yes   yes      yes           yes    yes     no            yes          no
  statistics.read            yes   yes      yes           yes    yes     no            yes          no
  setup_links.read           yes   yes      yes           yes    yes     no            yes          no
  setup_links.write          yes   yes      yes           yes    no      no            no           no
  audit_streams.read         yes   yes      yes           yes    yes     no            yes          no
  audit_streams.write        yes   yes      yes           yes    no      no            no           no
  webhooks.read              yes   yes      yes           yes    yes     no            yes          no
  webhooks.write             yes   yes      yes           yes    no      no            no           no

  organizations.create       yes   yes      scope         scope  scope   scope         no           no
  organizations.delete       yes   yes      scope         scope  scope   scope         no           no
  reserved_slugs.read        yes   yes      scope         scope  scope   scope         no           no
  reserved_slugs.write       yes   yes      scope         scope  scope   scope         no           no
  applications.read          yes   yes      scope         scope  scope   scope         no           no
  applications.write         yes   yes      scope         scope  scope   scope         no           yes
  api_keys.read              yes   yes      scope         scope  scope   scope         no           no
  api_keys.write             yes   yes      scope         scope  scope   scope         no           no
  signing_keys.read          yes   yes      scope         scope  scope   scope         no           no
  signing_keys.write         yes   yes      scope         scope  scope   scope         no           no
  encryption_keys.read       yes   yes      scope         scope  scope   scope         no           no
  queues.read                yes   yes      scope         scope  scope   scope         no           no
  queues.write               yes   yes      scope         scope  scope   scope         no           no
  gateway_audit_events.read  yes   yes      scope         scope  scope   scope         no           no
  gateway_audit_streams.read   yes  yes     scope         scope  scope   scope         no           no
  gateway_audit_streams.write  yes  yes     scope         scope  scope   scope         no           no
`;

const rows = ACCESS.trim()
  .split("\n")
  .filter((line) => line.trim() !== "")
  .map((line) => line.trim().split(/ +/));
const callers = rows[0] ?? [];
const cells = rows
  .slice(1)
  .flatMap(([permission = "", ...row]) =>
    callers.map((caller, index) => ({ permission, caller, expected: row[index] ?? "" })),
  );
const operations = Object.entries(OPERATIONS).flatMap(([permission, names]) =>
  names.split(" ").map((operationId) => ({ permission, operationId })),
);

let api: TestApi;
let acme: World;
let bravo: World;
let keys: Readonly<Record<string, string>>;

const createKey = async (body: object) =>
  (await api.call("createApiKey", { body: { name: "Key", ...body } })).as(createdApiKey).key;

beforeAll(async () => {
  api = await startApi();
  acme = await createWorld(api, "acme");
  bravo = await createWorld(api, "bravo");
  const organization = "acme";
  keys = {
    root: api.rootKey,
    gateway: (await insertApiKey(api, {})).key,
    organization: acme.key,
    admin: await createKey({ organization, role: "organizationAdmin" }),
    viewer: await createKey({ organization, role: "organizationViewer" }),
    "members.read": await createKey({ organization, permissions: ["members.read"] }),
    everyViewer: await createKey({ role: "organizationViewer" }),
    "applications.write": await createKey({ permissions: ["applications.write"] }),
  };
}, 60_000);
afterAll(() => api.close());

/** The answer to a request that is wrong in itself, which only those learn who may make it. */
const attempt = (operationId: string, key: string, params: object = acme) =>
  api.call(operationId, { params: { ...params }, query: { unknown: "1" }, key });

it("names the permission of every operation, and an operation for every permission", () => {
  const declared = endpointsOf({ signingKeys: DECLARED }).map(({ operationId, permission }) => ({
    permission,
    operationId,
  }));
  const byName = (one: { operationId: string }, other: { operationId: string }) =>
    one.operationId.localeCompare(other.operationId);
  expect(declared.toSorted(byName)).toEqual(operations.toSorted(byName));
  expect([...Object.keys(OPERATIONS), ...OF_FIELDS].toSorted()).toEqual(PERMISSIONS.toSorted());
  expect(rows.slice(1).map(([permission]) => permission)).toEqual(Object.keys(OPERATIONS));
  expect(Object.keys(keys)).toEqual(callers);
});

it("shows the permission of every operation in the document", () => {
  for (const { operationId, permission } of operations) {
    expect(api.check.operation(operationId)).toMatchObject({
      "x-required-permission": permission,
      description: expect.stringContaining(`\`${permission}\``),
      security: [{ apiKey: [permission] }],
    });
  }
});

const OUTCOMES: Readonly<Record<string, readonly [number, string]>> = {
  yes: [400, "input_invalid"],
  no: [403, "permission_missing"],
  scope: [403, "key_scope_insufficient"],
};

/** The answer to `attempt`, by a cell of the table. */
const expectedOf = (operationId: string, expected = "") =>
  OF_SETUP_LINKS.includes(operationId) ? [403, "setup_link_required"] : OUTCOMES[expected];

describe("every operation", () => {
  it.each(operations)("$operationId is for those alone who have $permission", async (operation) => {
    const { operationId, permission } = operation;
    const found = await Promise.all(
      callers.map(async (caller) => {
        const { outcome, body } = await attempt(operationId, keys[caller] ?? "");
        if (outcome[1] === "permission_missing") {
          expect(body).toMatchObject({ detail: expect.stringContaining(`Missing: \`${permission}\`.`) });
        }
        return [caller, outcome];
      }),
    );
    const expected = cells
      .filter((cell) => cell.permission === permission)
      .map(({ caller, expected }) => [caller, expectedOf(operationId, expected)]);
    expect(found).toEqual(expected);
  });

  const inOrganization = operations.filter(({ operationId }) =>
    endpointsOf({}).some(
      (endpoint) => endpoint.operationId === operationId && endpoint.path.startsWith("/organizations/{org}"),
    ),
  );

  it.each(inOrganization.filter(({ operationId }) => operationId !== "deleteOrganization"))(
    "$operationId answers 404 of what a limited key does not reach, as of what there is not",
    async ({ operationId }) => {
      for (const key of [keys.admin, keys.viewer, keys["members.read"]]) {
        const foreign = await attempt(operationId, key ?? "", bravo);
        const unknown = await attempt(operationId, key ?? "", { ...bravo, org: newId() });
        expect(foreign.outcome).toEqual([404, "organization_not_found"]);
        expect({ ...Object(foreign.body), requestId: "" }).toEqual({
          ...Object(unknown.body),
          requestId: "",
        });
      }
    },
  );
});

/** People in a role may do what a key of that role may: the columns of the table that stand for them. */
const PEOPLE = { operator: "root", organizationAdmin: "admin", organizationViewer: "viewer" } as const;

describe("people", () => {
  beforeAll(() => {
    for (const role of ROLE_NAMES) {
      const organization = { id: acme.organizationId };
      api.people.set(role, { person: { id: acme.userId, role, organization } });
    }
    api.people.set("elsewhere", "refused");
  });

  it.each(operations)("$operationId is for those of them who have $permission", async (operation) => {
    const { operationId, permission } = operation;
    for (const role of ROLE_NAMES) {
      const { outcome } = await api.call(operationId, {
        params: { ...acme },
        query: { unknown: "1" },
        cookie: role,
      });
      const cell = cells.find((each) => each.permission === permission && each.caller === PEOPLE[role]);
      expect([role, outcome]).toEqual([role, expectedOf(operationId, cell?.expected)]);
    }
  });

  it("find no other organization than their own", async () => {
    for (const cookie of ["organizationAdmin", "organizationViewer"]) {
      const { outcome } = await api.call("getOrganization", { params: { ...bravo }, cookie });
      expect(outcome).toEqual([404, "organization_not_found"]);
    }
    const { status } = await api.call("getOrganization", { params: { ...bravo }, cookie: "operator" });
    expect(status).toBe(200);
  });

  it("are nobody from another page, nor beside an Authorization", async () => {
    const refused = await api.call("listOrganizations", { cookie: "elsewhere" });
    expect(refused.outcome).toEqual([403, "console_request_refused"]);
    const headers = { cookie: "operator", authorization: "Basic eDp5" };
    expect((await fetch(`${api.url}/v1/organizations`, { headers })).status).toBe(401);
  });
});
