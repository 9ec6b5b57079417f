import { z } from "zod";
import { changed, count, facts, id, list, nullable, text } from "./fact.ts";

/** Who made it: a directory, a sign-in just in time, or an administrator. */
const source = z.enum(["directory", "jit", "manual"]);
const status = z.enum(["active", "suspended", "waiting"]);

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
  deleted: {
    says: "A user is no more: it turned out to be another one (`linkedTo`), who stays.",
    data: z.strictObject({ linkedTo: id.optional() }),
  },
});

export const identities = facts("identity", "identity", {
  created: {
    says: "What an identity provider calls somebody belongs to a user from now on. `by`: how the user was found.",
    after: z.strictObject({ userId: id, connectionId: id, issuer: text, subject: text }),
    data: z.strictObject({ by: z.enum(["creation", "email", "subject"]) }),
  },
  moved: {
    says: "An administrator settled a conflict: the identity belongs to the other user from now on.",
    before: z.strictObject({ userId: id }),
    after: z.strictObject({ userId: id }),
  },
});

/** What directories say of a member: has them active, ended their access, or says nothing that counts any more. */
const directory = z.enum(["active", "ended", "released"]).nullable();

const membership = z.strictObject({ userId: id, status, source });
const membershipOf = z.strictObject({ userId: id });
const statusOnly = z.strictObject({ status });
const membershipChanges = changed({ source, directory });

export const memberships = facts("membership", "membership", {
  created: {
    says: "A user is a member of the organization from now on; `waiting` for a seat, without access until then. `unmanaged`: beside an active directory, which does not know them.",
    after: membership.extend({ unmanaged: z.literal(true).optional() }),
  },
  suspended: {
    says: "A member may sign in no longer.",
    before: statusOnly,
    after: statusOnly,
    data: membershipOf,
  },
  waiting: {
    says: "A member would be active, and waits for a seat.",
    before: statusOnly,
    after: statusOnly,
    data: membershipOf,
  },
  activated: {
    says: "A member may sign in again, or found a seat.",
    before: statusOnly,
    after: statusOnly,
    data: membershipOf,
  },
  updated: {
    says: "Who speaks for a member changed (`source`), or what directories say of them: `ended` is somebody whom one deactivated or deleted, `released` is one whom an administrator took over.",
    before: membershipChanges,
    after: membershipChanges,
    data: membershipOf,
  },
  deleted: {
    says: "A user is a member no longer; the user stays, should they come back.",
    before: membership,
  },
});

/** How somebody came to be erased: somebody asked for it, or the time of retention had passed since they were deleted. */
const erasureReason = z.enum(["request", "retention"]);

export const erasures = facts("member", "user", {
  erasure_requested: {
    says: "Somebody asked for a person's data to be erased. All their access ended with that; `membershipId` is null for a former member.",
    data: z.strictObject({ membershipId: id.nullable() }),
  },
  erased: {
    says: "A person's data was erased: of them nothing is left but ids. Whoever keeps what earlier events said of this user erases it as well.",
    data: z.strictObject({
      membershipId: id.nullable(),
      reason: erasureReason,
      directoryUsers: count,
      loginRecords: count,
      scimRequests: count,
      auditEvents: count,
    }),
  },
});

const roleBinding = z.strictObject({
  membershipId: id,
  userId: id,
  roleId: id,
  role: text,
  source,
  group: text.optional(),
});

export const roleBindings = facts("role_binding", "roleBinding", {
  created: {
    says: "A member has a role (by its key). `group`: asserted at sign-in, and mapped to it.",
    after: roleBinding,
  },
  deleted: { says: "A member has a role no longer, at least not from this source.", before: roleBinding },
});

export const conflicts = facts("conflict", "conflict", {
  created: {
    says: "Two users may be one person, or claim what only one can have; the later one (`userId`) stays apart.",
    after: z.strictObject({ userId: id, otherUserId: id, claim: text }),
  },
  resolved: {
    says: "An administrator settled a conflict: the two were linked, or are to be kept apart.",
    after: z.strictObject({ resolution: z.enum(["link", "keepApart"]) }),
  },
});

const ofDirectory = z.strictObject({ directoryId: id.optional(), connectionId: id.optional() });
const heldPeople = ofDirectory.extend({ people: count, suspended: count });

export const heldChanges = facts("held_change", "heldChange", {
  created: {
    says: "A directory would have taken access from more people than its guard lets through, or a connection's identity provider ended their sessions by its signals: they keep it until an administrator decides. `suspended`: how many of them could sign in no longer.",
    outcome: "denied",
    data: heldPeople,
  },
  grown: {
    says: "Access would have been taken from further people, which is held as well: of these, how many.",
    outcome: "denied",
    data: heldPeople,
  },
  confirmed: {
    says: "An administrator lets a held change happen: as the directory then stands, or to the sessions that had begun by the time of the signals.",
    data: ofDirectory,
  },
  rejected: {
    says: "An administrator keeps a held change from happening, until the directory or the identity provider says something else of these people.",
    data: ofDirectory,
  },
  withdrawn: {
    says: "Nothing of it is left: the directory took it back, or other signals ended these sessions.",
    data: ofDirectory,
  },
});

const retention = z.strictObject({
  deletedPeople: count.nullable(),
  loginRecords: count,
  scimRequests: count,
  sessions: count,
  auditEvents: count.nullable(),
});

export const retentions = facts("retention", "organization", {
  updated: {
    says: "How long the organization keeps what changed, in days; null within it: for ever. Null: the defaults count.",
    data: z.strictObject({ was: retention.nullable(), is: retention.nullable() }),
  },
});

const guard = z.strictObject({ share: count, people: count, minutes: count });

export const guards = facts("guard", "guard", {
  updated: {
    says: "How many people a directory may take access from changed: for an organization, or for one directory (the resource). Null: the next wider one counts.",
    data: z.strictObject({ was: guard.nullable(), is: guard.nullable() }),
  },
});

const accessPolicy = changed({
  defaultRole: nullable,
  directoryOrder: list,
  rolesFromDirectories: z.enum(["all", "first"]),
  seatLimit: count.nullable(),
  atSeatLimit: z.enum(["hold", "allow"]).nullable(),
});

export const accessPolicies = facts("access_policy", "accessPolicy", {
  updated: {
    says: "The default role, the order of directories or the seats of an organization (the resource) changed.",
    before: accessPolicy,
    after: accessPolicy,
  },
});
