import { z } from "zod";
import { metadataChanges } from "./changes.ts";
import { idpFacts } from "./facts.ts";

/** `connection_metadata.problem`: why the settings do not follow the metadata at the moment. */
export const currentProblem = z.object({
  code: z.string(),
  message: z.string(),
  fix: z.string(),
  detail: z.string().optional(),
  /** When it was first met. */
  since: z.iso.datetime(),
});

/** `connection_metadata.held`: facts that wait for an operator's approval, and what they would change. */
export const heldMetadata = z.object({
  /** Names these facts. */
  digest: z.string(),
  facts: idpFacts,
  changes: metadataChanges,
});

export type CurrentProblem = z.infer<typeof currentProblem>;
export type HeldMetadata = z.infer<typeof heldMetadata>;
