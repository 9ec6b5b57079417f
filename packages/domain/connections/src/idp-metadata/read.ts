import { defined } from "@sallyport/defined";
import { parseIdpMetadata } from "@sallyport/saml";
import { factsOf, type IdpFacts } from "./facts.ts";
import { unusable } from "./problem.ts";

export interface MetadataRules {
  /** Which IdP is meant, where the metadata describes several. */
  readonly entityId: string | undefined;
  /** PEM; where given, one of them must verify a signature over the whole of the metadata. */
  readonly certificates: readonly string[] | undefined;
  readonly allowSha1: boolean;
  /** Metadata past its end is refused. */
  readonly now: Date;
}

/** What metadata says, and for how long. */
export interface Reading {
  readonly facts: IdpFacts;
  readonly validUntil: Date | undefined;
  readonly cacheDurationMs: number | undefined;
}

/** Throws `MetadataProblem`. */
export function readMetadata(document: string | Uint8Array, rules: MetadataRules): Reading {
  return read(parse(document, rules));
}

/**
 * As `readMetadata`, of metadata that was followed before: an IdP that is alone in it is meant, whatever it calls itself
 * now. To judge that is the caller's part.
 */
export function readMetadataAgain(document: string | Uint8Array, rules: MetadataRules): Reading {
  const named = parse(document, rules);
  if (named.ok || named.code !== "metadata_entity_unknown") {
    return read(named);
  }
  const alone = parse(document, { ...rules, entityId: undefined });
  return read(alone.ok ? alone : named);
}

function parse(document: string | Uint8Array, { entityId, certificates, allowSha1, now }: MetadataRules) {
  return parseIdpMetadata(document, {
    allowSha1,
    now,
    ...defined({ entityId, certificates }),
  });
}

function read(result: ReturnType<typeof parseIdpMetadata>): Reading {
  if (!result.ok) {
    throw unusable(result);
  }
  const { validUntil, cacheDurationMs } = result.metadata;
  return { facts: factsOf(result.metadata), validUntil, cacheDurationMs };
}
