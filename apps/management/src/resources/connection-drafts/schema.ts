import { z } from "zod";
import { timestamp } from "../../api/text.ts";
import { connection } from "../connections/schema.ts";

export const connectionDraft = z
  .object({
    connection: connection.meta({ description: "The connection as it would be." }),
    tested: z.boolean().meta({ description: "A test of these very settings has succeeded." }),
    savedAt: timestamp,
  })
  .meta({ id: "ConnectionDraft" });

export const draftActivation = z
  .strictObject({
    untested: z.boolean().default(false).meta({
      description: "Activates it without a test that succeeded. Not for setup links.",
    }),
  })
  .meta({ id: "DraftActivation" });

export const replacedSettings = z
  .object({
    connection: connection.meta({ description: "The connection as it was." }),
    replacedAt: timestamp,
  })
  .meta({ id: "ReplacedSettings" });
