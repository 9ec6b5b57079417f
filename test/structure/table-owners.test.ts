import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

// Who writes which table, and nobody else does. Rows that go with the row that they belong to (ON DELETE CASCADE) are not
// looked at, nor are tests and what only they use.

const PEOPLE = "packages/domain/people/src";
const EVENTS = "packages/domain/events/src";
const AUDIT_TRAIL = "packages/domain/audit-trail/src";
const WEBHOOKS = "packages/domain/webhooks/src";
const CONNECTIONS = "packages/domain/connections/src";
const DIRECTORIES = "packages/domain/directories/src";
const SESSIONS = "packages/domain/sessions/src";
const LOGIN_RECORDS = "packages/domain/login-records/src";
const SHARED_SIGNALS = "packages/domain/shared-signals/src";
const IDP_SIGNALS = "packages/domain/idp-signals/src";
const MANAGEMENT = "apps/management/src";
const SIGN_IN = "apps/sign-in/src";
const SINGLE_LOGOUT = "apps/single-logout/src";
const OPENID_PROVIDER = "apps/openid-provider/src";
const WORKER = "apps/worker/src";

/** Folders, by table: one for each. */
const OWNERS: Readonly<Record<string, readonly [string]>> = {
  organizations: [MANAGEMENT],
  logos: ["packages/domain/branding/src"],
  reserved_slugs: [MANAGEMENT],
  domains: ["packages/domain/domains/src"],
  api_keys: [MANAGEMENT],
  setup_links: [MANAGEMENT],
  console_roles: ["packages/domain/console-access/src"],
  console_sessions: ["packages/domain/console-access/src"],
  applications: ["packages/domain/applications/src"],
  application_checks: ["packages/domain/application-checks/src"],
  roles: ["packages/domain/roles/src"],
  group_mappings: ["packages/domain/roles/src"],
  ended_mappings: ["packages/domain/roles/src"],

  connections: [CONNECTIONS],
  connection_versions: [CONNECTIONS],
  connection_metadata: [CONNECTIONS],
  connection_keys: [CONNECTIONS],
  // Within the one statement that signs somebody in.
  certificate_uses: [SIGN_IN],
  certificate_notices: [WORKER],

  users: [PEOPLE],
  identities: [PEOPLE],
  memberships: [PEOPLE],
  role_bindings: [PEOPLE],
  conflicts: [PEOPLE],
  directory_user_links: [PEOPLE],
  guards: [PEOPLE],
  access_policies: [PEOPLE],
  directory_losses: [PEOPLE],
  held_changes: [PEOPLE],
  held_people: [PEOPLE],
  held_session_ends: [PEOPLE],
  signal_losses: [PEOPLE],
  erasures: [PEOPLE],
  retention_policies: ["packages/domain/erasure/src"],

  directories: [DIRECTORIES],
  directory_tokens: [DIRECTORIES],
  directory_clients: [DIRECTORIES],
  directory_users: [DIRECTORIES],
  directory_groups: [DIRECTORIES],
  directory_group_members: [DIRECTORIES],
  directory_group_nestings: [DIRECTORIES],
  directory_pending_members: [DIRECTORIES],
  directory_group_ancestors: [DIRECTORIES],
  directory_identifiers: [DIRECTORIES],
  dirty_directory_users: [DIRECTORIES],
  dirty_directory_groups: [DIRECTORIES],
  scim_requests: [DIRECTORIES],

  login_requests: [SIGN_IN],
  waiting_sessions: [SIGN_IN],
  login_records: [LOGIN_RECORDS],
  test_logins: [LOGIN_RECORDS],
  logout_requests: [SINGLE_LOGOUT],
  used_assertions: [CONNECTIONS],
  sessions: [SESSIONS],
  session_applications: [SESSIONS],
  logout_notices: [SESSIONS],
  revoked_tokens: [SESSIONS],
  // By triggers, but for single tokens.
  session_revocations: [SESSIONS],
  op_artifacts: [OPENID_PROVIDER],
  signing_keys: ["packages/domain/signing-keys/src"],

  signal_streams: [SHARED_SIGNALS],
  signal_stream_exclusions: [SHARED_SIGNALS],
  pending_signals: [SHARED_SIGNALS],
  idp_transmitters: [IDP_SIGNALS],
  idp_streams: [IDP_SIGNALS],

  events: [EVENTS],
  event_changes: [EVENTS],
  outbox: [EVENTS],
  outbox_sequences: [EVENTS],
  outbox_state: [EVENTS],
  outbox_consumers: [EVENTS],
  deleted_organizations: [EVENTS],

  audit_keys: [AUDIT_TRAIL],
  audit_trails: [AUDIT_TRAIL],
  audit_seals: [AUDIT_TRAIL],
  audit_removals: [AUDIT_TRAIL],
  audit_verifications: [AUDIT_TRAIL],
  audit_anchors: [AUDIT_TRAIL],
  audit_anchor_places: [AUDIT_TRAIL],
  audit_streams: ["packages/domain/audit-streams/src"],
  webhook_endpoints: [WEBHOOKS],
  webhook_deliveries: [WEBHOOKS],
  webhook_attempts: [WEBHOOKS],
};

/**
 * These write tables that their lists name: what has outlived its use is deleted, what is sealed is sealed anew, and
 * a person who is erased is taken out of what administrators typed. The last writes to ClickHouse, which has none of these.
 */
const BY_LIST = [
  "apps/worker/src/jobs/purge/purge.ts",
  "packages/domain/encryption-keys/src/reseal.ts",
  "packages/domain/erasure/src/typed-texts.ts",
  "packages/platform/clickhouse/src/server.ts",
];

const ROOT = join(import.meta.dirname, "../..");
const WRITE = String.raw`\b(?:insert\s+into|update|delete\s+from|merge\s+into|truncate(?:\s+table)?|copy)(?:\s+only)?\s+`;

/** The models of schema.prisma: its name in Prisma's client, and its table. */
async function readModels(): Promise<Map<string, string>> {
  const schema = await readFile(join(ROOT, "prisma/schema.prisma"), "utf8");
  const models = [...schema.matchAll(/^model (\w)(\w*) \{.*?@@map\("(\w+)"\)/gms)];
  return new Map(
    models.map(([, first = "", rest = "", table = ""]) => [`${first.toLowerCase()}${rest}`, table]),
  );
}

/** The tables that a source writes, by SQL and by Prisma. */
function writesIn(source: string, models: ReadonlyMap<string, string>): Set<string> {
  const tables = new Set(models.values());
  const sql = new RegExp(String.raw`${WRITE}(?:"?public"?\.)?"?(\w+)`, "gi");
  const prisma = /\.\s*(\w+)\s*\.\s*(?:create|update|upsert|delete)\w*\s*\(/g;
  // With the row that they belong to: `data: { tokens: { create: … } }`. Nobody does; then the test cannot tell the table.
  const nested =
    /\b(\w+)\s*:\s*\{\s*(?:create|createMany|update|updateMany|upsert|delete|deleteMany|connectOrCreate)\s*:/g;
  const written = [...source.matchAll(sql)].map(([, table = ""]) => table.toLowerCase());
  const byPrisma = [...source.matchAll(prisma)].flatMap(([, model = ""]) => models.get(model) ?? []);
  const within = [...source.matchAll(nested)].map(([, field = ""]) => `the relation ${field}`);
  return new Set([...written.filter((table) => tables.has(table)), ...byPrisma, ...within]);
}

/** The sources of all apps and packages, by their path from the root. */
async function readSources(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const top of ["apps", "packages"]) {
    for (const path of await readdir(join(ROOT, top), { recursive: true })) {
      const file = join(top, path);
      const passed = /(^|\/)(node_modules|dist|generated|testing)\/|\.test\.tsx?$|\.d\.ts$/.test(file);
      if (/\.(?:ts|tsx|mts|js|mjs)$/.test(file) && file.includes("/src/") && !passed) {
        found.set(file, await readFile(join(ROOT, file), "utf8"));
      }
    }
  }
  return found;
}

describe("each table", async () => {
  const models = await readModels();
  const sources = await readSources();
  const writers = new Map<string, string[]>();
  for (const [file, source] of sources) {
    for (const table of writesIn(source, models)) {
      writers.set(table, [...(writers.get(table) ?? []), file]);
    }
  }

  it("has an owner", () => {
    expect(Object.keys(OWNERS).sort()).toEqual([...models.values()].sort());
  });

  it.each(Object.entries(OWNERS))("is written by its owner, and by nobody else: %s", (table, owners) => {
    const files = writers.get(table) ?? [];
    const ownerOf = (file: string) => owners.find((owner) => file.startsWith(`${owner}/`));
    expect(files.filter((file) => ownerOf(file) === undefined)).toEqual([]);
    expect(new Set(files.map(ownerOf))).toEqual(new Set(owners));
  });

  it("is written by its name", () => {
    const unknown = new RegExp(String.raw`${WRITE}"?\$\{`, "i");
    expect([...sources].flatMap(([file, source]) => (unknown.test(source) ? [file] : [])).sort()).toEqual(
      BY_LIST,
    );
    expect([...writers.keys()].filter((table) => !(table in OWNERS))).toEqual([]);
  });

  it.each([
    ["INSERT INTO users (id)", "users"],
    ['update "memberships" m SET', "memberships"],
    ["DELETE FROM public.role_bindings", "role_bindings"],
    ["UPDATE\n  ONLY identities SET", "identities"],
    ["TRUNCATE conflicts", "conflicts"],
    ["tx.groupMapping.updateMany({", "group_mappings"],
    ["prisma.user\n  .create({", "users"],
    ["data: { membership: { create: {", "the relation membership"],
  ])("is found where it is written: %s", (source, table) => {
    expect([...writesIn(source, models)]).toEqual([table]);
  });

  it.each([
    "SELECT 1 FROM users",
    "UPDATE users_seen SET",
    "DELETE FROM elsewhere",
    "tx.membership.findMany({",
    "FOR NO KEY UPDATE OF users",
    "new Map().update(",
  ])("is not where it is read: %s", (source) => expect([...writesIn(source, models)]).toEqual([]));
});
