export { createTestDatabase, type TestDatabase, urlOfDatabase } from "./test-database.ts";
