import { defined } from "@sallyport/defined";
import type { SamlErrorCode, SamlFailure } from "@sallyport/saml";

/** Why metadata is not used, for the connection's administrator. */
export interface Problem {
  /** Stable. */
  readonly code: string;
  readonly message: string;
  /** What to do. */
  readonly fix: string;
  /** The values that disagreed. */
  readonly detail?: string;
}

/** Thrown where metadata cannot be had, or cannot be used. */
export class MetadataProblem extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.message, options);
    this.name = "MetadataProblem";
    this.problem = problem;
  }
}

export const METADATA_UNAVAILABLE = "metadata_unavailable";

export function unavailable(reason: string, cause?: unknown): MetadataProblem {
  return new MetadataProblem(
    {
      code: METADATA_UNAVAILABLE,
      message: reason,
      fix: "See that the metadata URL is served to the gateway, over https and without a redirect; or give another one.",
    },
    { cause },
  );
}

const UNSIGNED = "Give the certificates that the metadata is signed with now, or have it signed with these.";
const TAMPERED = "Fetch the metadata by yourself and compare: somebody may have changed it on its way.";
const EXPORT = "Look at what the identity provider serves there, and export its metadata again.";

/** The table of errors is written for logins: of metadata some codes mean something else. */
const OF_METADATA: Partial<Record<SamlErrorCode, { readonly message: string; readonly fix: string }>> = {
  signature_missing: { message: "The metadata is not signed.", fix: UNSIGNED },
  signature_invalid: {
    message: "The metadata's signature does not verify with any of the certificates given for it.",
    fix: UNSIGNED,
  },
  digest_mismatch: { message: "The metadata was changed after it was signed.", fix: TAMPERED },
  signature_sha1: {
    message: "The metadata is signed with SHA-1, which this connection does not allow.",
    fix: "Have the metadata signed with SHA-256 or better.",
  },
};

export function unusable({ code, message, fix, detail }: SamlFailure): MetadataProblem {
  const about = OF_METADATA[code] ?? { message, fix: code.includes("metadata") ? fix : EXPORT };
  return new MetadataProblem({ code, ...about, ...defined({ detail }) });
}
