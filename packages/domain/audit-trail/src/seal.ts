import { createHash } from "node:crypto";
import { canonicalJson } from "@sallyport/events";

/** What a seal says, and what is signed of it. */
export interface SealStatement {
  /** Null: of the events that belong to no organization. */
  readonly organizationId: string | null;
  readonly number: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly root: Buffer;
  /** The hash of the seal before it; null for the first. */
  readonly previous: Buffer | null;
  readonly sealedAt: Date;
  readonly keyId: string;
}

export interface Seal extends SealStatement {
  readonly signature: Buffer;
}

/** That the gateway itself removed events, or erased their content. */
export interface RemovalStatement {
  readonly organizationId: string | null;
  readonly kind: RemovalKind;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly removedAt: Date;
  readonly keyId: string;
}

/** Removed since they were kept long enough; or still there without what they said of a person. */
export type RemovalKind = "retention" | "erasure";

// What is signed for one purpose is no signature for another.
const SEAL = "sallyport audit seal v1\n";
const REMOVAL = "sallyport audit removal v1\n";

function sealFields(seal: SealStatement) {
  return {
    organizationId: seal.organizationId,
    number: seal.number,
    firstSequence: seal.firstSequence,
    lastSequence: seal.lastSequence,
    root: seal.root.toString("hex"),
    previous: seal.previous?.toString("hex") ?? null,
    sealedAt: seal.sealedAt.toISOString(),
    keyId: seal.keyId,
  };
}

/** The bytes that a seal's signature is over. */
export function signedOfSeal(seal: SealStatement): Buffer {
  return Buffer.from(`${SEAL}${canonicalJson(sealFields(seal))}`);
}

/** What the next seal names this one by. */
export function hashOfSeal(seal: Seal): Buffer {
  return createHash("sha256").update(signedOfSeal(seal)).update("\n").update(seal.signature).digest();
}

/** The bytes that a removal's signature is over. */
export function signedOfRemoval({ removedAt, ...rest }: RemovalStatement): Buffer {
  return Buffer.from(`${REMOVAL}${canonicalJson({ ...rest, removedAt: removedAt.toISOString() })}`);
}
