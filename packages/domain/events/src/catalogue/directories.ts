import { z } from "zod";
import { changed, count, facts, id, list, nullable, text } from "./fact.ts";

const directory = { name: text, provider: text, settings: z.record(text, z.json()) };
const changes = changed({ ...directory, status: text });

const token = z.strictObject({ tokenId: id });
const client = z.strictObject({ clientId: id });

export const directories = facts("directory", "directory", {
  created: {
    says: "A directory was created, with its first token.",
    after: z.strictObject({ ...directory, inReview: z.boolean(), tokenId: id }),
  },
  activated: { says: "The review of a directory ended: people go by what it pushed." },
  updated: { says: "A directory changed.", before: changes, after: changes },
  deleted: {
    says: "A directory was deleted, as if its client had deleted every user and group.",
    before: z.strictObject({ name: text }),
  },
  token_created: {
    says: "A directory has another bearer token.",
    after: token.extend({ expiresAt: nullable }),
  },
  token_revoked: { says: "A bearer token of a directory was revoked.", before: token },
  token_issued: {
    says: "An OAuth client of a directory was issued an access token.",
    after: token.extend({ clientId: id }),
  },
  client_created: { says: "A directory has another OAuth client.", after: client },
  client_revoked: {
    says: "An OAuth client of a directory was revoked, with the access tokens that it had.",
    before: client,
    data: z.strictObject({ tokens: count }),
  },
});

const user = { userName: text, externalId: nullable, active: z.boolean(), email: nullable };
/** The names of the attributes that changed, also of those whose values are not told. */
const attributes = list;

export const directoryUsers = facts("directory_user", "directoryUser", {
  created: { says: "A directory pushed a user.", after: z.strictObject(user) },
  updated: {
    says: "A directory changed a user. `attributes`: the names of all that changed.",
    before: changed(user),
    after: changed(user),
    data: z.strictObject({ attributes }),
  },
  deleted: { says: "A directory deleted a user.", before: z.strictObject({ userName: text }) },
});

const group = { displayName: text, externalId: nullable };
const added = { added: z.array(id).readonly(), addedCount: count };
const members = { ...added, removed: z.array(id).readonly(), removedCount: count };

export const directoryGroups = facts("directory_group", "directoryGroup", {
  created: {
    says: "A directory pushed a group. Of its members (directory users) at most 200 are named, and all are counted.",
    after: z.strictObject(group),
    data: z.strictObject(added),
  },
  updated: {
    says: "A directory changed a group, and perhaps its members as well.",
    before: changed(group),
    after: changed(group),
    data: z.strictObject({ attributes, ...members }),
  },
  members_changed: {
    says: "A directory changed the members of a group: at most 200 each are named, and all are counted.",
    data: z.strictObject(members),
  },
  nesting_limited: {
    says: "A group is in more groups than count (`limit`: more than 32 levels of nesting, 256 groups above it, or 100 groups that it is a direct member of): the nearest `value` count, and members have no role by the others. Told once, and again where it is beyond a limit anew.",
    data: z.strictObject({
      displayName: text,
      limit: z.enum(["depth", "ancestors", "parents"]),
      value: count,
    }),
  },
  deleted: { says: "A directory deleted a group.", before: z.strictObject({ displayName: text }) },
});
