import type { HeldChange } from "@sallyport/people";
import { z } from "zod";
import { pageQuery } from "../../api/page.ts";
import { id, timestamp } from "../../api/text.ts";

const status = z.enum(["held", "confirmed", "rejected", "withdrawn"]).meta({
  description:
    "`held`: nobody loses anything until an administrator decides. `rejected`: its people keep what they have until the directory or the identity provider says something else of them. `withdrawn`: the directory took all of it back, or other signals ended these sessions.",
});

export const heldChange = z
  .object({
    id,
    directory: z
      .object({ id, name: z.string() })
      .nullable()
      .meta({ description: "Whose it is; null: the connection's." }),
    connection: z.object({ id, name: z.string() }).nullable().meta({
      description:
        "Whose identity provider would have ended sessions by its signals; null: it is the directory's. Confirmed, the sessions end that had begun by the time of the signals.",
    }),
    status,
    people: z.int().meta({ description: "Of how many people anything is held now." }),
    suspended: z.int().meta({ description: "How many of them could sign in no longer if it happened." }),
    createdAt: timestamp,
    decidedAt: timestamp.nullable(),
  })
  .meta({ id: "HeldChange" });

export const heldChangeQuery = pageQuery.extend({ status: status.exactOptional() });

export function heldChangeView(row: HeldChange): z.input<typeof heldChange> {
  const { id, directory, connection, status, people, suspended } = row;
  return {
    ...{ id, directory, connection, status, people, suspended },
    createdAt: row.createdAt.toISOString(),
    decidedAt: row.decidedAt?.toISOString() ?? null,
  };
}
