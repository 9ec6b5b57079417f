import { z } from "zod";
import { changed, facts, id, list, nullable, text, time } from "./fact.ts";

const connection = { type: text, name: text, provider: nullable, issuer: text };
const settings = changed({ name: text, provider: nullable, status: text, issuer: text });

const key = z.strictObject({ keyId: id });

const certificate = z.strictObject({ fingerprint: text, subject: text, notAfter: time });
const metadataChanges = {
  certificatesBefore: list,
  certificatesAfter: list,
  certificatesAdded: z.array(certificate).readonly(),
  certificatesRemoved: z.array(certificate).readonly(),
  settings: z.array(z.strictObject({ name: text, from: nullable, to: nullable })).readonly(),
};
const problem = { code: text, message: text, detail: text.optional() };
const ending = z.strictObject({
  side: z.enum(["idp", "sp"]),
  fingerprint: text,
  subject: text,
  notAfter: time,
  daysLeft: z.int(),
});

export const connections = facts("connection", "connection", {
  created: { says: "A connection to an identity provider was created.", after: z.strictObject(connection) },
  updated: {
    says: "A connection changed. `settings`: the names of the settings of its protocol that changed.",
    before: settings,
    after: settings,
    data: z.strictObject({ settings: list }),
  },
  deleted: {
    says: "A connection was deleted, and with it the identities that it knew.",
    before: z.strictObject(connection),
  },
  draft_saved: {
    says: "New settings of a connection wait beside it to be tested: logins use the ones that it has. `settings`: the names of those that differ.",
    data: z.strictObject({ settings: list }),
  },
  draft_discarded: { says: "The draft of a connection was discarded." },
  draft_activated: {
    says: "Logins use the settings of the draft from now on. `tested`: a test of it had succeeded.",
    data: z.strictObject({ tested: z.boolean() }),
  },
  reverted: { says: "Logins use the settings again that the last draft had replaced." },
  key_created: {
    says: "A SAML connection has another key pair. `signs`: whether it signs from now on.",
    after: key.extend({ signs: z.boolean() }),
  },
  key_metadata_read: {
    says: "Somebody read the metadata that lists a new key for the first time: the IdP may know it from now on.",
    data: key,
  },
  key_activated: {
    says: "Another key pair signs from now on. `force`: although nobody had read the metadata that lists it.",
    after: key,
    data: z.strictObject({ force: z.boolean() }),
  },
  key_retired: { says: "A key pair was retired and wiped.", before: key },
  metadata_checked: {
    says: "Somebody had the identity provider's metadata looked at.",
    data: z.strictObject({ outcome: text }),
  },
  metadata_applied: {
    says: "The connection follows what the identity provider's metadata says now. `heldBackFor`: why it had to wait.",
    data: z.strictObject({ ...metadataChanges, heldBackFor: text.optional() }),
  },
  metadata_held_back: {
    says: "A change of the identity provider's metadata waits for an operator's word.",
    outcome: "denied",
    data: z.strictObject({ ...problem, ...metadataChanges, digest: text }),
  },
  metadata_failed: {
    says: "The identity provider's metadata could not be fetched, or not be used; the settings stay.",
    outcome: "failure",
    data: z.strictObject(problem),
  },
  metadata_unfollowed: {
    says: "What the identity provider's metadata says was set by hand: the connection follows it no more, and a new key has to be given by hand, too.",
    data: z.strictObject({ metadataUrl: text }),
  },
  metadata_recovered: {
    says: "The identity provider's metadata is good again. `code`: what was wrong.",
    data: z.strictObject({ code: text }),
  },
  certificate_expiring: {
    says: "A certificate ends soon: the identity provider's (idp), or of one of our own keys (sp).",
    data: ending,
  },
  certificate_expired: { says: "A certificate has ended.", data: ending },
  logout_requested: {
    says: "The identity provider had sessions ended.",
    data: z.strictObject({ sessionIds: z.array(id).readonly() }),
  },
  signal_received: {
    says: "The identity provider told of a security event (`type`, by its `jti`). `userIds`: whom it means here; `acted`: whether such events end sessions; `sessionIds`: those that it ended; `heldChangeId`: by what the guard holds them instead; `credentialChange`: what it said of a credential, which applications' streams are told.",
    data: z.strictObject({
      type: text,
      jti: text,
      userIds: z.array(id).readonly(),
      acted: z.boolean(),
      sessionIds: z.array(id).readonly(),
      heldChangeId: id.optional(),
      credentialChange: z.strictObject({ credentialType: text, changeType: text }).optional(),
    }),
  },
  signal_stream_created: {
    says: "The gateway made a stream of security events at the identity provider's transmitter, in place of the one that it had made before.",
    data: z.strictObject({ issuer: text, streamId: text, mode: z.enum(["push", "poll"]) }),
  },
  signal_stream_removed: {
    says: "The stream that the gateway had made at the identity provider's transmitter counts no more, and is deleted there.",
    data: z.strictObject({ issuer: text, streamId: text }),
  },
  signal_verification_requested: {
    says: "The identity provider's transmitter was asked for a verification event.",
    data: z.strictObject({ streamId: text }),
  },
  signal_stream_updated: {
    says: "The identity provider's transmitter told what its stream does from now on.",
    data: z.strictObject({ status: z.enum(["enabled", "paused", "disabled"]), reason: nullable }),
  },
  logout_answered: {
    says: "The identity provider signed somebody out whom we had sent there to be signed out.",
    data: z.strictObject({ sessionId: id }),
  },
  logout_failed: {
    says: "The identity provider did not say that it signed somebody out. Here they were signed out before.",
    outcome: "failure",
    data: z.strictObject({ sessionId: id, code: text }),
  },
});
