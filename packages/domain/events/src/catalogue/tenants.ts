import { z } from "zod";
import { changed, count, facts, id, list, nullable, text } from "./fact.ts";

const organization = { slug: text, name: text };
const policies = {
  signIn: z.enum(["justInTime", "directory"]),
  rolesFrom: z.enum(["directory", "directoryAndSignIn"]),
};

const logo = { digest: text, width: count, height: count };

export const organizations = facts("organization", "organization", {
  created: { says: "An organization was created.", after: z.strictObject({ ...organization, ...policies }) },
  updated: {
    says: "Settings of an organization changed. `lockedOut`: how many members can sign in no longer.",
    before: changed({ ...organization, ...policies }),
    after: changed({ ...organization, ...policies, lockedOut: count }),
  },
  seat_limit_reached: {
    says: "Somebody came who found no seat: they wait, or were refused, or go beyond the limit, as the access policy says. Told once, and again when there were seats meanwhile.",
    outcome: "denied",
    data: z.strictObject({ limit: count, used: count }),
  },
  deleted: {
    says: "An organization was deleted, and with it all that was its own, events included. Belongs to no organization.",
    before: z.strictObject({ ...organization, ...policies }),
  },
  logo_set: {
    says: "An organization was given a logo. `digest`: SHA-256 of what is served.",
    after: z.strictObject(logo),
  },
  logo_removed: { says: "An organization has no logo any more.", before: z.strictObject(logo) },
  slug_freed: {
    says: "A slug that the organization had, and that was kept from all others since, may be given to any. Belongs to no organization.",
    before: z.strictObject({ slug: text }),
  },
});

const domain = z.strictObject({ name: text });

export const domains = facts("domain", "domain", {
  created: { says: "An organization claims an email domain.", after: domain },
  verified: { says: "A domain counts for its organization from now on.", after: domain },
  deleted: { says: "A domain was removed, and counts for its organization no longer.", before: domain },
});

const role = { key: text, name: text, permissions: list };
const roleChanges = changed({ name: text, permissions: list });

export const roles = facts("role", "role", {
  created: { says: "A role was created.", after: z.strictObject(role) },
  updated: {
    says: "A role changed.",
    before: roleChanges,
    after: roleChanges,
    data: z.strictObject({ key: text }),
  },
  deleted: {
    says: "A role was deleted, and with it its bindings and mappings.",
    before: z.strictObject(role),
  },
});

const groupMapping = z.strictObject({
  group: text,
  role: text,
  match: z.enum(["prefix", "pattern"]).optional(),
  directory: id.optional(),
});

export const groupMappings = facts("group_mapping", "groupMapping", {
  created: {
    says: "A group gives a role (by its key) from now on. `match`: groups whose names begin so, or that the pattern finds, in place of those of the name. `directory`: the only one whose groups count.",
    after: groupMapping,
  },
  deleted: {
    says: "A group, or what a mapping named by prefix or pattern, gives a role no longer.",
    before: groupMapping,
  },
});

export const apiKeys = facts("api_key", "apiKey", {
  created: {
    says: "A key for the management API was created. Without an organization it reaches all of them; without permissions it may do all that it reaches.",
    after: z.strictObject({ name: text, permissions: list.nullable(), expiresAt: nullable }),
  },
  revoked: { says: "A key for the management API was revoked.", before: z.strictObject({ name: text }) },
});

export const setupLinks = facts("setup_link", "setupLink", {
  created: {
    says: "A link was made by which a customer's IdP admin sets up what its intents name.",
    after: z.strictObject({ name: text, intents: list, expiresAt: text }),
  },
  revoked: { says: "A setup link was revoked.", before: z.strictObject({ name: text }) },
});

const consoleRole = z.enum(["operator", "organizationAdmin", "organizationViewer"]);

export const consoleRoles = facts("console_role", "consoleRole", {
  created: {
    says: "A member was given a role in the management API and the console. The resource has the membership's id.",
    after: z.strictObject({ userId: id, role: consoleRole }),
  },
  updated: {
    says: "A member has another role in the management API and the console.",
    before: z.strictObject({ role: consoleRole }),
    after: z.strictObject({ role: consoleRole }),
    data: z.strictObject({ userId: id }),
  },
  deleted: {
    says: "A member has no role in the management API and the console any more. One that ends with its membership has no event of its own.",
    before: z.strictObject({ userId: id, role: consoleRole }),
  },
});

const application = {
  name: text,
  redirectUris: list,
  postLogoutRedirectUris: list,
  backchannelLogoutUri: nullable,
  initiateLoginUri: nullable,
  targetUris: list,
  idTokenSigningAlg: text,
  accessTokenSigningAlg: text,
};

export const applications = facts("application", "application", {
  created: {
    says: "An application was registered.",
    after: z.strictObject({ ...application, public: z.boolean() }),
  },
  updated: {
    says: "An application changed.",
    before: changed(application),
    after: changed(application),
  },
  secret_rotated: { says: "An application has a new client secret; the old one is no longer good." },
  deleted: { says: "An application was deleted.", before: z.strictObject({ name: text }) },
  logged_out: {
    says: "An application was told that a session ended, and answered with success. Whether it ended its own session it does not say.",
    data: z.strictObject({ sessionId: id, attempts: z.int() }),
  },
  logout_delayed: {
    says: "An application could not be told at once that a session ended: `reason` says why, and it is tried again for about two hours.",
    outcome: "failure",
    data: z.strictObject({ sessionId: id, reason: text }),
  },
  logout_failed: {
    says: "An application could not be told that a session ended, and is not tried any more.",
    outcome: "failure",
    data: z.strictObject({ sessionId: id, attempts: z.int(), reason: text }),
  },
});

export const queues = facts("queue", "queue", {
  retried: {
    says: "An operator had the failed jobs of a queue done again. Belongs to no organization; the resource has the queue's name.",
    data: z.strictObject({ jobs: count }),
  },
});

export const signingKeys = facts("signing_key", "signingKey", {
  rotated: {
    says: "A new key signs tokens, at once or when every application can know it. One event for each algorithm.",
    data: z.strictObject({ immediately: z.boolean() }),
  },
  distrusted: {
    says: "A signing key was taken back: what it signed is refused. `successor`: the key that was made because no other was left.",
    data: z.strictObject({ successor: nullable }),
  },
});

export const auditTrails = facts("audit_trail", "auditTrail", {
  verification_requested: {
    says: "Somebody had the audit trail held against its seals. The resource is the organization, or `gateway` for what belongs to none.",
    data: z.strictObject({ verificationId: id }),
  },
  tampering_found: {
    says: "The audit trail is not as it was sealed: somebody changed, removed, inserted or moved something. `problems`: how many; the verification names them.",
    outcome: "failure",
    data: z.strictObject({ verificationId: id, problems: count }),
  },
});

export const auditKeys = facts("audit_key", "auditKey", {
  rotated: {
    says: "A new key signs the audit trail. What older ones signed stays good. Belongs to no organization.",
  },
});

export const encryptionKeys = facts("encryption_key", "encryptionKey", {
  resealed: {
    says: "What older encryption keys had sealed was sealed anew under this one. `values`: how many of which place.",
    data: z.strictObject({ values: z.record(text, count) }),
  },
});
