import { z } from "zod";
import { facts, id, text } from "./fact.ts";

export const sessions = facts("session", "session", {
  created: {
    says: "Somebody signed in.",
    after: z.strictObject({ userId: id, connectionId: id, identityId: id }),
  },
  revoked: {
    says: "A session ended before its time, and all that rests on it.",
    data: z.strictObject({ userId: id, reason: text }),
  },
  token_revoked: {
    says: "A token of a session, or all of one authorization, ended; the session goes on.",
    data: z.strictObject({ reason: text }),
  },
  refresh_repeated: {
    says: "An application used a refresh token again within seconds, as parallel requests do, and was given the same successor. Once for each token; later, it is a `session.token_revoked` with the reason `used_twice`.",
    data: z.strictObject({ clientId: text }),
  },
});

export const consoleSessions = facts("console_session", "consoleSession", {
  created: {
    says: "Somebody signed in to the console: by a sign-in of their organization, or, where `userId` is null, by the root key. Then it belongs to no organization.",
    after: z.strictObject({ userId: id.nullable(), role: text }),
  },
  ended: {
    says: "Somebody signed out of the console (`signed_out`), or in anew by the same browser (`replaced`).",
    data: z.strictObject({ userId: id.nullable(), reason: z.enum(["signed_out", "replaced"]) }),
  },
});

export const signIns = facts("sign_in", "signIn", {
  refused: {
    says: "An identity provider's answer to a sign-in of this browser was refused: `code` says why, and the login record (the resource) more. An answer that belongs to no sign-in is in the login records alone.",
    outcome: "denied",
    data: z.strictObject({ connectionId: id, code: text }),
  },
});
