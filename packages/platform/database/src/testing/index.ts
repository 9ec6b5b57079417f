export { type OlderSchema, withEmptyDatabase, withSchemaBefore } from "./older-schema.ts";
export { type OwnPostgres, startOwnPostgres } from "./own-postgres.ts";
export {
  type StatementProxy,
  type Stop,
  type Stopped,
  startStatementProxy,
} from "./statement-proxy.ts";
export { statementsOf } from "./statements.ts";
export { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";
export { createTestDatabase, type TestDatabase, urlOfDatabase } from "./test-database.ts";
