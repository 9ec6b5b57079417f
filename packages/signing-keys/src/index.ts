export type { KeySet, SigningKey } from "./key-set.ts";
export {
  openSigningKeys,
  type SignedToken,
  type SigningKeys,
  type SigningKeysOptions,
  type TokenExpectations,
} from "./signing-keys.ts";
