export { SEALED_PLACES, type SealedPlace, sealContext } from "./places.ts";
export { type Resealed, type ResealOptions, resealStale } from "./reseal.ts";
export { describeMissing, type KeyUsage, keyUsage } from "./usage.ts";
