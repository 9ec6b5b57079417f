import { type ExplainedCheckName, explainAccess, type RoleReason } from "@sallyport/people";
import { z } from "zod";
import { id, timestamp } from "../../api/text.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";

const ref = z.object({ id, name: z.string() });
const source = z.enum(["directory", "jit", "manual"]);
const since = timestamp.meta({ description: "Since when they have the role for this reason." });

const groupReason = z.object({
  type: z.literal("group"),
  since,
  directory: ref,
  directoryUserId: id,
  groups: z.array(ref).meta({
    description:
      "From the group that the directory has them in to the one that gives the role, each in the next.",
  }),
  mapping: z.string().nullable().meta({
    description: "What the mapping that gives the role names; null: the role is bound to the group itself.",
  }),
  match: z.enum(["exact", "prefix", "pattern"]).meta({ description: "How the mapping names the group." }),
  mappedSince: timestamp,
  inGroupSince: timestamp,
  requestId: z.string().nullable().meta({
    description: "The SCIM request that put them into the first of the groups, while the request log has it.",
  }),
});

const roleReason = z
  .discriminatedUnion("type", [
    z.object({ type: z.literal("membership"), since, source }),
    z.object({ type: z.literal("hand"), since }),
    z.object({
      ...{ type: z.literal("signIn"), since },
      group: z.string().meta({ description: "Asserted by the identity provider, lower case." }),
      mapped: z.boolean().meta({ description: "The group gives the role still." }),
    }),
    groupReason,
    z.object({ type: z.literal("default"), since }),
    z.object({ type: z.literal("outdated"), since }),
  ])
  .meta({
    id: "RoleReason",
    description:
      "`membership`: every member has the role `member`. `hand`: an administrator gave it. `signIn`: a group that was asserted. `group`: a directory's group. `default`: the organization's default role, since no group gives them one. `outdated`: a directory gave it once, and what it says now does not: it goes soon, unless it is `held`.",
  });

const check = z.object({
  check: z.enum([
    "connection_active",
    "found_at_first_login",
    "has_seat",
    "membership_active",
    "directory_active",
    "nobody_ended",
    "known_to_directory",
  ]),
  passed: z.boolean(),
  detail: z.string().meta({ description: "What was looked at, for a person." }),
  fix: z.string().nullable().meta({ description: "What to do where it did not pass." }),
  endedBy: z.array(
    z.object({
      ...{
        directoryId: id,
        directoryUserId: id,
        userName: z.string(),
        deleted: z.boolean(),
        decides: z.boolean().meta({
          description:
            "Its directory comes before the others that have the person: what it says counts, whatever they say.",
        }),
        since: timestamp,
      },
      requestId: z.string().nullable(),
    }),
  ),
});

export const memberAccess = z
  .object({
    roles: z.array(
      z.object({
        ...{ key: z.string(), name: z.string(), permissions: z.array(z.string()) },
        reasons: z.array(roleReason),
      }),
    ),
    permissions: z.array(z.object({ permission: z.string(), roles: z.array(z.string()) })).meta({
      description: "Each permission, with the keys of the roles that give it.",
    }),
    signIn: z.object({
      allowed: z.boolean(),
      reasons: z.array(check).meta({ description: "What a sign-in is held against, each in its turn." }),
      lastSignIn: z.object({ at: timestamp, connectionId: id }).nullable(),
    }),
    held: z.object({ heldChangeId: id, suspends: z.boolean() }).nullable().meta({
      description: "What a directory would take from them, and its guard does not let through.",
    }),
  })
  .meta({ id: "MemberAccess" });

/** What each check looks at, and what to do where it does not pass. */
const CHECKS: Readonly<Record<ExplainedCheckName, { readonly detail: string; readonly fix: string }>> = {
  connection_active: {
    detail: "The organization has an active connection to an identity provider.",
    fix: "Set up a connection, or activate the one that there is.",
  },
  found_at_first_login: {
    detail:
      "They have not signed in yet: a first login with their address is found to be theirs, since they hold it by proof and its domain is verified.",
    fix: "Verify the domain of their address, or resolve their conflict: until then a sign-in with the address makes another user, or is refused.",
  },
  has_seat: {
    detail: "They have a seat, where the organization's seats are limited.",
    fix: "Suspend or remove somebody, or raise the limit: who waits the longest has the next seat.",
  },
  membership_active: {
    detail: "The membership is active.",
    fix: "Have them active again where they were suspended: in the directory that manages them, or here by hand.",
  },
  directory_active: {
    detail: "No directory has ended their access.",
    fix: "Have them active again at the identity provider, or answer for them by hand: `takeOver: true`.",
  },
  nobody_ended: {
    detail: "None of the identifiers in their logins belongs to a person whom a directory deactivated.",
    fix: "Have that user active again at the identity provider, or answer for this member by hand: `takeOver: true`.",
  },
  known_to_directory: {
    detail: "A directory knows them, where the organization lets only those sign in (`signIn: directory`).",
    fix: "Assign them to the directory at the identity provider, or let the organization's people in just in time.",
  },
};

/** Throws `member_not_found`. */
export async function getMemberAccess(
  { deps }: Context,
  organizationId: string,
  membershipId: string,
): Promise<z.input<typeof memberAccess>> {
  const access = await explainAccess(deps.database.sql, organizationId, membershipId);
  if (access === null) {
    throw problem("member_not_found");
  }
  const { roles, signIn, held } = access;
  const permissions = [...new Set(roles.flatMap((role) => role.permissions))].toSorted();
  return {
    roles: roles.map(({ key, name, permissions: given, reasons }) => ({
      ...{ key, name, permissions: [...given] },
      reasons: reasons.map(reasonView),
    })),
    permissions: permissions.map((permission) => ({
      permission,
      roles: roles.filter((role) => role.permissions.includes(permission)).map(({ key }) => key),
    })),
    signIn: {
      allowed: signIn.allowed,
      reasons: signIn.checks.map(({ check, passed, endedBy }) => ({
        ...{ check, passed, detail: CHECKS[check].detail, fix: passed ? null : CHECKS[check].fix },
        endedBy: endedBy.map((ended) => ({ ...ended, since: ended.since.toISOString() })),
      })),
      lastSignIn:
        signIn.lastSignIn === null
          ? null
          : { at: signIn.lastSignIn.at.toISOString(), connectionId: signIn.lastSignIn.connectionId },
    },
    held,
  };
}

function reasonView(reason: RoleReason): z.input<typeof roleReason> {
  const since = reason.since.toISOString();
  if (reason.type !== "group") {
    return { ...reason, since };
  }
  return {
    ...reason,
    since,
    groups: [...reason.groups],
    mappedSince: reason.mappedSince.toISOString(),
    inGroupSince: reason.inGroupSince.toISOString(),
  };
}
