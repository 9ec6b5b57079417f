export { EmbeddedPostgresError, type EmbeddedPostgresErrorCode } from "./errors.ts";
export { findRunningPostgres } from "./running.ts";
export { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from "./start.ts";
