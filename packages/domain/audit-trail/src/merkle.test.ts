import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { inclusionProof, merkleRoot, splitLeaves } from "./merkle.ts";

const sha256 = (...parts: Uint8Array[]) => createHash("sha256").update(Buffer.concat(parts)).digest();
const leaf = (hex: string) => sha256(Buffer.of(0), Buffer.from(hex, "hex"));

// The test vectors of Certificate Transparency's reference implementation (google/certificate-transparency, merkle tree tests).
const INPUTS = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
];
const ROOTS = [
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

it.each(ROOTS.map((root, index) => [index + 1, root] as const))(
  "makes the known root of %i leaves",
  (count, root) => {
    expect(merkleRoot(INPUTS.slice(0, count).map(leaf)).toString("hex")).toBe(root);
  },
);

/** RFC 9162, 2.1.3.2: as a reader would check it, by another way than it was made. */
function rootBy(hash: Buffer, index: number, count: number, proof: readonly Buffer[]): Buffer | null {
  let [position, last, root] = [index, count - 1, hash];
  for (const step of proof) {
    if (last === 0) {
      return null;
    }
    if (position % 2 === 1 || position === last) {
      root = sha256(Buffer.of(1), step, root);
      while (position % 2 === 0 && position !== 0) {
        [position, last] = [position >> 1, last >> 1];
      }
    } else {
      root = sha256(Buffer.of(1), root, step);
    }
    [position, last] = [position >> 1, last >> 1];
  }
  return last === 0 ? root : null;
}

it("proves of each leaf that it is in the tree, and of nothing else", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), (count, any) => {
      const leaves = Array.from({ length: count }, (_, n) => sha256(Buffer.from(`${n}`)));
      const index = any % count;
      const proof = inclusionProof(leaves, index);
      const root = merkleRoot(leaves);
      expect(rootBy(leaves[index] ?? Buffer.of(), index, count, proof)).toEqual(root);
      expect(rootBy(sha256(Buffer.from("other")), index, count, proof)).not.toEqual(root);
    }),
  );
});

it("takes leaves apart only where they are as many as they should be", () => {
  const joined = Buffer.concat([leaf("00"), leaf("01")]);
  expect(splitLeaves(joined, 2)).toEqual([leaf("00"), leaf("01")]);
  expect(splitLeaves(joined, 3)).toBeNull();
  expect(splitLeaves(joined.subarray(1), 2)).toBeNull();
});
