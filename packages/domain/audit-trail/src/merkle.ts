import { createHash } from "node:crypto";

export const HASH_BYTES = 32;
const NODE = Buffer.of(1);

function nodeOf(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash("sha256").update(NODE).update(left).update(right).digest();
}

/** The largest power of two that is less than `count` (RFC 6962, 2.1). */
function splitOf(count: number): number {
  return 2 ** (31 - Math.clz32(count - 1));
}

/** The root of the Merkle tree over leaves that are hashes already (RFC 6962, 2.1). */
export function merkleRoot(leaves: readonly Uint8Array[]): Buffer {
  const [first] = leaves;
  if (first === undefined) {
    return createHash("sha256").digest();
  }
  if (leaves.length === 1) {
    return Buffer.from(first);
  }
  const split = splitOf(leaves.length);
  return nodeOf(merkleRoot(leaves.slice(0, split)), merkleRoot(leaves.slice(split)));
}

/** The hashes that lead from one leaf to the root, the nearest first (RFC 6962, 2.1.1). */
export function inclusionProof(leaves: readonly Uint8Array[], index: number): Buffer[] {
  if (leaves.length <= 1) {
    return [];
  }
  const split = splitOf(leaves.length);
  return index < split
    ? [...inclusionProof(leaves.slice(0, split), index), merkleRoot(leaves.slice(split))]
    : [...inclusionProof(leaves.slice(split), index - split), merkleRoot(leaves.slice(0, split))];
}

/** The leaves of a seal, out of the one value that holds them; null where that is not so many hashes. */
export function splitLeaves(joined: Uint8Array, count: number): Buffer[] | null {
  if (joined.length !== count * HASH_BYTES) {
    return null;
  }
  const bytes = Buffer.from(joined);
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES),
  );
}
