import { z } from "zod";
import { changed, facts, id, nullable, text } from "./fact.ts";

/** Who made it: a directory, a sign-in just in time, or an administrator. */
const source = z.enum(["directory", "jit", "manual"]);
const status = z.enum(["active", "suspended"]);

const profile = changed({
  email: nullable,
  emailVerified: z.boolean(),
  name: nullable,
  givenName: nullable,
  familyName: nullable,
  username: nullable,
});

export const users = facts("user", "user", {
  created: {
    says: "A person is known from now on.",
    after: profile,
    data: z.strictObject({ source, directoryUserId: id.optional() }),
  },
  updated: { says: "A person's profile changed.", before: profile, after: profile },
});

export const identities = facts("identity", "identity", {
  created: {
    says: "What an identity provider calls somebody belongs to a user from now on. `by`: how the user was found.",
    after: z.strictObject({ userId: id, connectionId: id, issuer: text, subject: text }),
    data: z.strictObject({ by: z.enum(["creation", "email"]) }),
  },
});

const membership = z.strictObject({ userId: id, status, source });
const membershipOf = z.strictObject({ userId: id });
const statusOnly = z.strictObject({ status });
const membershipChanges = changed({ source });

export const memberships = facts("membership", "membership", {
  created: { says: "A user is a member of the organization from now on.", after: membership },
  suspended: {
    says: "A member may sign in no longer.",
    before: statusOnly,
    after: statusOnly,
    data: membershipOf,
  },
  activated: {
    says: "A member may sign in again.",
    before: statusOnly,
    after: statusOnly,
    data: membershipOf,
  },
  updated: {
    says: "Another source speaks for a member: a directory took over, or an administrator did.",
    before: membershipChanges,
    after: membershipChanges,
    data: membershipOf,
  },
  deleted: {
    says: "A user is a member no longer; the user stays, should they come back.",
    before: membership,
  },
});

const roleBinding = z.strictObject({ membershipId: id, userId: id, roleId: id, role: text, source });

export const roleBindings = facts("role_binding", "roleBinding", {
  created: { says: "A member has a role (by its key).", after: roleBinding },
  deleted: { says: "A member has a role no longer, at least not from this source.", before: roleBinding },
});
