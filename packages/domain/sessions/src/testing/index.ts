import type { Sql } from "@sallyport/database";
import { type NewSession, sessionStatement } from "../create.ts";

/** Stores a session by itself and returns its id; null when the membership is not active. */
export async function createSession(sql: Sql, session: NewSession): Promise<string | null> {
  const { id, statement } = sessionStatement(session);
  const { rows } = await sql.query(statement.text, statement.values, "session_create");
  return rows.length === 1 ? id : null;
}
export { addPerson, type TestPerson } from "./person.ts";
