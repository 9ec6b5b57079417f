import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

// Nothing but this package writes people. What cascades from the deletion of an organization or a connection is not
// looked at, nor are tests and what only they use.
const ROOT = join(import.meta.dirname, "../../../..");
const HERE = "packages/domain/people/src/";
const TABLES = ["users", "identities", "memberships", "role_bindings", "conflicts"];

const SQL = new RegExp(
  String.raw`\b(?:insert\s+into|update|delete\s+from|merge\s+into|truncate(?:\s+table)?|copy)(?:\s+only)?\s+` +
    String.raw`(?:"?public"?\.)?"?(${TABLES.join("|")})\b`,
  "gi",
);
const PRISMA =
  /\.\s*(?:user|identity|membership|roleBinding|conflict)\s*\.\s*(?:create|update|upsert|delete)\w*/g;
/** Written with the row that they belong to: `data: { membership: { create: … } }`. */
const NESTED =
  /\b(?:users?|identit(?:y|ies)|memberships?|bindings|roleBindings|conflicts|rivals)\s*:\s*\{\s*(?:create|update|upsert|delete|connectOrCreate)\w*\s*:/g;

function writesIn(source: string): string[] {
  return [SQL, PRISMA, NESTED].flatMap((pattern) => source.match(pattern) ?? []);
}

/** The sources of all apps and packages, by their path from the root. */
async function sources(): Promise<Map<string, string>> {
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

describe("the tables of people", async () => {
  const all = await sources();

  it("are written by no other package or app", () => {
    const writes = [...all].flatMap(([file, source]) =>
      file.startsWith(HERE) ? [] : writesIn(source).map((write) => `${file}: ${write}`),
    );
    expect(writes).toEqual([]);
    for (const app of ["openid-provider", "sign-in", "single-logout", "management", "scim", "worker"]) {
      expect([...all.keys()].some((file) => file.startsWith(`apps/${app}/src/`))).toBe(true);
    }
  });

  it.each(TABLES)("are written by this one: %s", (table) => {
    const here = [...all].filter(([file]) => file.startsWith(HERE)).flatMap(([, source]) => writesIn(source));
    expect(here.some((write) => write.endsWith(table))).toBe(true);
  });
});

it.each([
  "INSERT INTO users (id)",
  'update "memberships" m SET',
  "DELETE FROM public.role_bindings",
  "UPDATE\n  ONLY identities SET",
  "TRUNCATE conflicts",
  "tx.membership.updateMany({",
  "prisma.user\n  .create({",
  "data: { membership: { create: {",
])("knows a write: %s", (source) => expect(writesIn(source)).toHaveLength(1));

it.each([
  "SELECT 1 FROM users",
  "UPDATE users_seen SET",
  "DELETE FROM organizations",
  "tx.membership.findMany({",
  "FOR NO KEY UPDATE",
  "INSERT INTO directory_user_links",
])("knows what is none: %s", (source) => expect(writesIn(source)).toEqual([]));
