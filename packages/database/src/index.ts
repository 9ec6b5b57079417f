export { type Database, type DatabaseOptions, openDatabase } from "./database.ts";
export { endPool } from "./end-pool.ts";
export * from "./generated/client.ts";
export { isId, newId } from "./ids.ts";
export { markGroups, markUsers } from "./marks.ts";
export { migrate, pendingMigrations } from "./migrations.ts";
export { lockPeople } from "./people-lock.ts";
export { isUniqueViolation, type Sql, type SqlResult, sqlOver, sqlOverPrisma } from "./sql.ts";
export { asMembersOfWith, checked, elementsOf, type Statement } from "./statement.ts";
