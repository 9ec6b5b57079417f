import { z } from "zod";

export interface LoggedStatement {
  readonly session: string;
  readonly database: string;
  /** As the session calls itself. */
  readonly application: string;
  readonly text: string;
  /** As literals of SQL, `$1` first. */
  readonly values: readonly string[];
}

const entry = z.object({
  application_name: z.string().default(""),
  dbname: z.string().default(""),
  session_id: z.string().default(""),
  message: z.string(),
  detail: z.string().default(""),
});

/** Reads what PostgreSQL wrote with `log_destination = jsonlog` and `log_statement = all`; passes over what is no statement. */
export function parseStatementLog(log: string): LoggedStatement[] {
  return log.split("\n").flatMap((line) => {
    if (line === "") {
      return [];
    }
    const { application_name, dbname, session_id, message, detail } = entry.parse(JSON.parse(line));
    const text = /^(?:statement|execute [^:]+): (.*)$/s.exec(message)?.[1];
    if (text === undefined) {
      return [];
    }
    // Parameters: $1 = 'it''s', $2 = NULL
    const values = [...detail.matchAll(/\$\d+ = (NULL|'(?:[^']|'')*')/g)].map(([, value = ""]) => value);
    return [{ session: session_id, database: dbname, application: application_name, text, values }];
  });
}
