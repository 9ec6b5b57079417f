import { constants, createHash, type KeyObject, privateDecrypt, timingSafeEqual } from "node:crypto";

/** The hash functions of one RSA-OAEP, by OpenSSL's names. */
export interface OaepHashes {
  /** Of the label. */
  readonly digest: string;
  /** Of the mask generation function MGF1. */
  readonly mask: string;
}

/**
 * RSAES-OAEP decryption (RFC 8017 §7.1.2), by the first of `candidates` whose padding comes off; undefined where `wrapped`
 * was not made for this key, by these hashes and this label. OpenSSL does it, but Node lets it take one hash only, for
 * digest and mask alike. Where they may differ, as in rsa-oaep-mgf1p with a SHA-256 digest, OpenSSL does the RSA and the
 * padding is taken off here.
 */
export function decryptOaep(
  privateKey: KeyObject,
  wrapped: Buffer,
  candidates: readonly OaepHashes[],
  label: Buffer,
): Buffer | undefined {
  const [first, second] = candidates;
  try {
    if (first !== undefined && second === undefined && first.digest === first.mask) {
      const padding = constants.RSA_PKCS1_OAEP_PADDING;
      return privateDecrypt({ key: privateKey, padding, oaepHash: first.digest, oaepLabel: label }, wrapped);
    }
    const padded = privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, wrapped);
    // All are tried, whichever fits: what takes as long tells nothing.
    const keys = candidates.map((hashes) => removeOaepPadding(padded, hashes, label));
    return keys.find((key) => key !== undefined);
  } catch {
    return undefined; // encrypted for another key: the next may fit
  }
}

/**
 * EME-OAEP decoding. Every byte is looked at, whatever was found before, and all faults end alike at the same place: who
 * could tell a wrong first byte from another fault would decrypt by asking (Manger, CRYPTO 2001).
 */
export function removeOaepPadding(
  padded: Buffer,
  { digest, mask }: OaepHashes,
  label: Buffer,
): Buffer | undefined {
  const labelHash = createHash(digest).update(label).digest();
  const size = labelHash.length;
  if (padded.length < 2 * size + 2) {
    return undefined;
  }
  const maskedSeed = padded.subarray(1, 1 + size);
  const maskedBlock = padded.subarray(1 + size);
  const seed = xor(maskedSeed, mgf1(mask, maskedBlock, size));
  const block = xor(maskedBlock, mgf1(mask, seed, maskedBlock.length));

  let bad = padded.readUInt8(0) | (timingSafeEqual(block.subarray(0, size), labelHash) ? 0 : 1);
  // Zeros, then one byte 0x01, then the message.
  let start = 0;
  let searching = 1;
  for (let at = size; at < block.length; at += 1) {
    const byte = block.readUInt8(at);
    const isOne = Number(byte === 1);
    const isZero = Number(byte === 0);
    start |= searching * isOne * (at + 1);
    bad |= searching * (1 - isOne) * (1 - isZero);
    searching *= 1 - isOne;
  }
  bad |= searching;
  return bad === 0 ? block.subarray(start) : undefined;
}

/** MGF1 (RFC 8017 §B.2.1). */
export function mgf1(hash: string, seed: Buffer, length: number): Buffer {
  const blocks: Buffer[] = [];
  for (let have = 0, counter = 0; have < length; counter += 1) {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    const block = createHash(hash).update(seed).update(count).digest();
    blocks.push(block);
    have += block.length;
  }
  return Buffer.concat(blocks, length);
}

export function xor(one: Buffer, other: Buffer): Buffer {
  return Buffer.from(one.map((byte, at) => byte ^ (other[at] ?? 0)));
}
