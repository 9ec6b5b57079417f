export {
  type KeySet,
  privateHalfOf,
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
  type SigningKey,
} from "./key-set.ts";
export {
  openSigningKeys,
  type ReadToken,
  type SignedToken,
  type SigningKeys,
  type SigningKeysOptions,
  type TokenExpectations,
} from "./signing-keys.ts";
export type { Distrust, NewKeyIds } from "./store.ts";
