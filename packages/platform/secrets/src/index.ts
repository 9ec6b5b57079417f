export { createSecretBox, newEncryptionKey, type SecretBox, SecretError } from "./secret-box.ts";
export { digestToken, isTokenOf, matchesDigest, newToken, tokenHint } from "./tokens.ts";
