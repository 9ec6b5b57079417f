import {
  constants,
  createHash,
  generateKeyPairSync,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from "node:crypto";
import { describe, expect, it } from "vitest";
import { mgf1, removeOaepPadding, xor } from "./oaep.ts";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const secret = randomBytes(32);
const NO_LABEL = Buffer.alloc(0);
const raw = (wrapped: Buffer) =>
  privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, wrapped);

describe("OAEP padding", () => {
  it.each(["sha1", "sha256", "sha512"])("comes off as OpenSSL has put it on, by %s", (hash) => {
    for (const message of [secret, Buffer.alloc(0), Buffer.from([0, 1, 0]), Buffer.from([1, 1])]) {
      for (const label of [NO_LABEL, Buffer.from("label")]) {
        const padding = constants.RSA_PKCS1_OAEP_PADDING;
        const key = { key: publicKey, padding, oaepHash: hash, oaepLabel: label };
        const padded = raw(publicEncrypt(key, message));
        expect(removeOaepPadding(padded, { digest: hash, mask: hash }, label)).toEqual(message);
        expect(removeOaepPadding(padded, { digest: hash, mask: hash }, Buffer.from("x"))).toBe(undefined);
      }
    }
  });

  /** A padded block around `block`, whose seed is zeros. */
  function pad(first: number, block: Buffer): Buffer {
    const seed = Buffer.alloc(20);
    const maskedBlock = xor(block, mgf1("sha1", seed, block.length));
    const maskedSeed = xor(seed, mgf1("sha1", maskedBlock, 20));
    return Buffer.concat([Buffer.from([first]), maskedSeed, maskedBlock]);
  }
  const labelHash = createHash("sha1").digest();
  const block = (...rest: number[]) => Buffer.concat([labelHash, Buffer.from(rest)]);
  const remove = (padded: Buffer) => removeOaepPadding(padded, { digest: "sha1", mask: "sha1" }, NO_LABEL);

  it("is refused alike with each of its faults", () => {
    expect(remove(pad(0, block(0, 0, 1, 7)))).toEqual(Buffer.from([7]));
    for (const faulty of [
      pad(1, block(0, 0, 1, 7)),
      pad(0, block(0, 2, 1, 7)),
      pad(0, block(0, 0, 0, 0)),
      pad(0, Buffer.concat([Buffer.alloc(20), Buffer.from([0, 0, 1, 7])])),
      Buffer.alloc(10),
    ]) {
      expect(remove(faulty)).toBe(undefined);
    }
  });
});
