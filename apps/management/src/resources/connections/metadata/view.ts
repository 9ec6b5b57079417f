import { currentProblem, heldMetadata } from "@sallyport/connections/idp-metadata";
import type { ConnectionMetadata } from "@sallyport/database";
import type { z } from "zod";
import type { metadataFollowing } from "./schema.ts";

export function metadataView(row: ConnectionMetadata): z.input<typeof metadataFollowing> {
  return {
    refreshedAt: row.refreshedAt?.toISOString() ?? null,
    checkedAt: row.checkedAt?.toISOString() ?? null,
    nextCheckAt: row.dueAt.toISOString(),
    validUntil: row.validUntil?.toISOString() ?? null,
    ...(row.problem === null ? {} : { problem: currentProblem.parse(row.problem) }),
    ...(row.held === null ? {} : { heldBack: heldMetadata.parse(row.held) }),
  };
}
