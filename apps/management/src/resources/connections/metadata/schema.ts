import { metadataChanges } from "@sallyport/connections/idp-metadata";
import { z } from "zod";
import { text, timestamp } from "../../../api/text.ts";

/** How a connection follows its metadata URL. */
export const metadataFollowing = z
  .object({
    refreshedAt: timestamp.nullable().meta({
      description: "When the connection's settings last said what the metadata says.",
    }),
    checkedAt: timestamp.nullable().meta({
      description: "When it was last checked, whatever the result.",
    }),
    nextCheckAt: timestamp,
    validUntil: timestamp.nullable().meta({ description: "When the metadata that is in force ends." }),
    problem: z
      .object({
        code: z.string(),
        message: z.string(),
        fix: z.string(),
        detail: z.string().optional(),
        since: timestamp,
      })
      .optional()
      .meta({
        description:
          "Why the settings do not follow the metadata at the moment; they stay as they are. Told once, as the audit event `connection.metadata_failed` or `connection.metadata_held_back`.",
      }),
    heldBack: z
      .object({
        digest: z.string().meta({ description: "Names what is held back, to apply exactly that." }),
        changes: metadataChanges,
      })
      .optional()
      .meta({
        description:
          "A change that waits for somebody's word: another entity ID; the loss of every certificate that verified a login in the last 30 days; unsigned metadata from another host or not over https; any change, with `holdMetadataChanges`.",
      }),
  })
  .meta({ id: "ConnectionMetadata" });

export const heldBackApproval = z
  .strictObject({
    digest: text(64).meta({ description: "Of the change that is held back, as the connection shows it." }),
  })
  .meta({ id: "MetadataApproval" });
