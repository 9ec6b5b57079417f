import type { Session, User } from "@sallyport/database";
import { z } from "zod";
import { pageQuery } from "../../api/page.ts";
import { id, timestamp } from "../../api/text.ts";

export const sessionQuery = pageQuery.extend({
  userId: id.exactOptional(),
  connectionId: id.exactOptional().meta({ description: "The connection that the person signed in by." }),
  live: z
    .enum(["true", "false"])
    .transform((value) => value === "true")
    .exactOptional()
    .meta({ description: "Only those that hold, or only those that have ended." }),
});

export const session = z
  .object({
    id: id.meta({ description: "The `sid` of the tokens." }),
    userId: id,
    user: z
      .object({ email: z.string().nullable(), name: z.string().nullable() })
      .meta({ description: "Whose it is, as the person is known now." }),
    connectionId: id,
    live: z.boolean(),
    amr: z.array(z.string()),
    acr: z.string().nullable(),
    authTime: timestamp
      .nullable()
      .meta({ description: "When the person authenticated at the IdP; null where it does not tell." }),
    createdAt: timestamp,
    expiresAt: timestamp,
    revokedAt: timestamp.nullable(),
    revokedReason: z.string().nullable(),
  })
  .meta({ id: "Session" });

export type SessionQuery = z.output<typeof sessionQuery>;

/** What is read of a session's person. */
export const SESSION_USER = { user: { select: { email: true, name: true } } } as const;

type SessionRow = Session & { readonly user: Pick<User, "email" | "name"> };

export function sessionView(row: SessionRow, now: Date): z.input<typeof session> {
  return {
    id: row.id,
    userId: row.userId,
    user: row.user,
    connectionId: row.connectionId,
    live: row.revokedAt === null && row.expiresAt > now,
    amr: row.amr,
    acr: row.acr,
    authTime: row.authTime?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    revokedAt: row.revokedAt?.toISOString() ?? null,
    revokedReason: row.revokedReason,
  };
}
