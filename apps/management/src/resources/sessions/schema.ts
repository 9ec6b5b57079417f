import type { Session } from "@sallyport/database";
import { z } from "zod";
import { pageQuery } from "../../api/page.ts";
import { id, timestamp } from "../../api/text.ts";

export const sessionQuery = pageQuery.extend({
  userId: id.exactOptional(),
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

export function sessionView(row: Session, now: Date): z.input<typeof session> {
  return {
    id: row.id,
    userId: row.userId,
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
