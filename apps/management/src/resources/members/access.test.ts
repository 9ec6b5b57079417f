import { newId } from "@sallyport/database";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startApi, type TestApi } from "../../testing/api.ts";
import { createWorld, insertDirectoryMember, type World } from "../../testing/world.ts";
import { memberAccess } from "./access.ts";

let api: TestApi;
let acme: World;
beforeAll(async () => {
  api = await startApi();
  acme = await createWorld(api, "acme");
  await api.call("replaceGroupMappings", {
    params: { org: "acme" },
    body: [{ group: "company", role: "editor" }],
  });
});
afterAll(() => api.close());

const why = async (memberId: string) =>
  (await api.call("getMemberAccess", { params: { org: "acme", memberId } })).as(memberAccess);
const sql = (text: string, values: readonly unknown[]) => api.deps.database.sql.query(text, values);

/** A group of the directory that has another as a member, with the closure as the worker keeps it. */
async function nest(member: string, name: string, below: readonly string[] = []): Promise<string> {
  const id = newId();
  await sql(
    `INSERT INTO directory_groups (id, organization_id, directory_id, display_name, display_name_key, resource)
     VALUES ($1, $2, $3, $4, lower($4), '{}')`,
    [id, acme.organizationId, acme.directoryId, name],
  );
  await sql(
    "INSERT INTO directory_group_nestings (organization_id, group_id, member_group_id) VALUES ($1, $2, $3)",
    [acme.organizationId, id, member],
  );
  await sql(
    `INSERT INTO directory_group_ancestors (organization_id, group_id, ancestor_id, depth)
     SELECT $1, below.id, $2, below.n FROM unnest($3::uuid[]) WITH ORDINALITY AS below (id, n)`,
    [acme.organizationId, id, [member, ...below]],
  );
  return id;
}

it("tells the whole chain: request, directory, group in group in group, mapping, role, permission", async () => {
  const who = { email: "chain@acme.com", group: "Team" };
  const { memberId, directoryUserId, groupId } = await insertDirectoryMember(api, acme, who);
  const department = await nest(groupId, "Department");
  const company = await nest(department, "Company", [groupId]);
  await api.call("updateRole", {
    params: { org: "acme", roleId: acme.roleId },
    body: { permissions: ["docs:write"] },
  });
  await sql(
    "INSERT INTO role_bindings (id, organization_id, role_id, membership_id, source) VALUES ($1, $2, $3, $4, 'directory')",
    [newId(), acme.organizationId, acme.roleId, memberId],
  );
  await sql(
    `INSERT INTO scim_requests (id, organization_id, directory_id, request_id, method, path, status, latency_ms,
                                request_body, changed, created_at)
     SELECT gen_random_uuid(), $1, $2, 'req-1', 'PATCH', '/Groups', 200, 1,
            json_build_object('value', $4::text), jsonb_build_object('groups', jsonb_build_array(gm.group_id)), gm.created_at
     FROM directory_group_members gm WHERE gm.group_id = $3 AND gm.user_id = $4::uuid`,
    [acme.organizationId, acme.directoryId, groupId, directoryUserId],
  );

  const { roles, permissions, signIn } = await why(memberId);
  expect(roles.map(({ key }) => key)).toEqual(["editor", "member"]);
  expect(roles[0]?.reasons).toMatchObject([
    {
      type: "group",
      directory: { id: acme.directoryId, name: "Directory" },
      groups: [
        { id: groupId, name: "Team" },
        { id: department, name: "Department" },
        { id: company, name: "Company" },
      ],
      mapping: "company",
      requestId: "req-1",
    },
  ]);
  expect(roles[1]?.reasons).toMatchObject([{ type: "membership", source: "directory" }]);
  expect(permissions).toEqual([{ permission: "docs:write", roles: ["editor"] }]);
  expect(signIn).toMatchObject({ allowed: true, lastSignIn: null });
});

it("tells roles by hand, and what a directory gives no longer", async () => {
  const who = { email: "hand@acme.com", group: "Unmapped" };
  const { memberId } = await insertDirectoryMember(api, acme, who);
  for (const source of ["manual", "directory"]) {
    await sql(
      `INSERT INTO role_bindings (id, organization_id, role_id, membership_id, source)
       VALUES ($1, $2, $3, $4, $5::source)`,
      [newId(), acme.organizationId, acme.roleId, memberId, source],
    );
  }
  const { roles } = await why(memberId);
  expect(roles[0]?.reasons.map(({ type }) => type)).toEqual(["hand", "outdated"]);
});

it("tells who ended somebody's access, and what to do", async () => {
  const who = { email: "left@acme.com", group: "Left" };
  const { memberId, directoryUserId } = await insertDirectoryMember(api, acme, who);
  await sql("UPDATE directory_users SET active = false WHERE id = $1", [directoryUserId]);
  await sql("UPDATE memberships SET status = 'suspended', directory = 'ended' WHERE id = $1", [memberId]);
  const { signIn } = await why(memberId);
  expect(signIn.allowed).toBe(false);
  const failed = signIn.reasons.filter(({ passed }) => !passed);
  expect(failed.map(({ check }) => check)).toEqual([
    "found_at_first_login",
    "membership_active",
    "directory_active",
  ]);
  for (const { fix, endedBy } of failed) {
    expect(fix).not.toBeNull();
    expect(endedBy).toMatchObject([{ directoryUserId, userName: "left@acme.com", deleted: false }]);
  }
});

it("tells that the organization lets in only whom a directory knows", async () => {
  await api.call("updateOrganization", { params: { org: "acme" }, body: { signIn: "directory" } });
  const { signIn, held } = await why(acme.memberId);
  expect(held).toEqual({ heldChangeId: acme.heldChangeId, suspends: true });
  expect(signIn.reasons.filter(({ passed }) => !passed).map(({ check }) => check)).toEqual([
    "known_to_directory",
  ]);
});
