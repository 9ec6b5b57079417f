export { type ConnectionKeys, createConnectionKeys, type LiveKeys } from "./connection-keys.ts";
export type { ConnectionKey } from "./key-opener.ts";
export { type KeyPair, makeKeyPair } from "./key-pair.ts";
export { activateKey, beginRotation, type Refusal, type RotationRefused, retireKey } from "./rotation.ts";
export type { KeyOwner } from "./store.ts";
