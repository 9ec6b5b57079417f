import { expect, it } from "vitest";
import { parseStatementLog } from "../world/statement-log.ts";
import { traceOf } from "./trace.ts";

const line = (session: string, message: string, detail?: string, application_name = "sallyport") =>
  JSON.stringify({ session_id: session, dbname: "postgres", application_name, message, detail });

const log = parseStatementLog(
  [
    line("a", "statement: BEGIN"),
    line(
      "a",
      "execute add: insert into users values ($1, $2)",
      "Parameters: $1 = 'it''s $3 = ''x''', $2 = NULL",
    ),
    line("b", "execute <unnamed>: select $1::text", "Parameters: $1 = 'one\nline, $2 = two'"),
    line("c", "execute <unnamed>: select add_job($1)", "Parameters: $1 = '1'", "sallyport queue"),
    line("d", "execute <unnamed>: select from memberships where id = $1", "Parameters: $1 = '1'"),
    line("a", "connection authorized"),
    line("a", "statement: COMMIT"),
    line("b", "execute <unnamed>: select $1::text", "Parameters: $1 = 'two'"),
    "",
  ].join("\n"),
);

it("deals out whole transactions, each connection's statements prepared once, and leaves out what no request waits for", () => {
  expect(traceOf(log, 2)).toEqual({
    statements: 5,
    scripts: [
      [
        "prepare statement_0 as select $1::text",
        "execute statement_0('one\nline, $2 = two')",
        "execute statement_0('two')",
      ],
      [
        "prepare statement_0 as insert into users values ($1, $2)",
        "BEGIN",
        "execute statement_0('it''s $3 = ''x''', NULL)",
        "COMMIT",
      ],
    ],
  });
});

it("has no script for a connection that would have nothing to do", () => {
  expect(traceOf(log, 16).scripts).toHaveLength(3);
});
