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
});
