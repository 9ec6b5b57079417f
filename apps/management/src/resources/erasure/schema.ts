import { z } from "zod";
import { id, timestamp } from "../../api/text.ts";

const status = z.enum(["none", "waiting", "underWay", "erased"]).meta({
  description:
    "`waiting`: deleted, and to be erased when the organization's time of retention has passed. `underWay`: the request logs are still being gone through; the person's access has ended.",
});

export const erasureState = z
  .object({
    userId: id,
    status,
    dueAt: timestamp
      .nullable()
      .meta({ description: "Of one that waits; null also where it waits for ever." }),
    erasedAt: timestamp.nullable(),
    sessions: z.int().meta({ description: "Live sessions, which would end." }),
    directoryUsers: z.int().meta({ description: "Users of directories that stand for the person." }),
    identities: z.int().meta({ description: "What identity providers call the person." }),
  })
  .meta({ id: "ErasureState" });

export const erasure = z
  .object({
    userId: id,
    status: z.enum(["underWay", "erased"]),
    erasedAt: timestamp.nullable(),
    elsewhere: z.array(z.object({ organizationId: id, userId: id, memberId: id.nullable() })).meta({
      description:
        "Users of other organizations who hold one of the person's addresses, and so may be the same person: each is erased by a call of its own. Told to callers without an organization only.",
    }),
  })
  .meta({ id: "Erasure" });
