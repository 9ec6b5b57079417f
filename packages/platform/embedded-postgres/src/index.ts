export { EmbeddedPostgresError, type EmbeddedPostgresErrorCode } from "./errors.ts";
export { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from "./start.ts";
