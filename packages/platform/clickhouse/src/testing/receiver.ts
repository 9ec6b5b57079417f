import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface Row {
  readonly id?: unknown;
  readonly version?: unknown;
  readonly organization_id?: unknown;
  readonly occurred_at?: unknown;
  readonly [column: string]: unknown;
}

/**
 * A receiver of ClickHouse's HTTP interface, on loopback, written from its documentation ("HTTP Interface", "ReplacingMergeTree",
 * "ALTER TABLE … DELETE"): it knows the statements that Sallyport sends, and no others. test/interop/clickhouse has the real one.
 */
export interface ClickhouseReceiver {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** Statements that it carried out, in order; of an INSERT the query. */
  readonly statements: readonly string[];
  readonly requests: { count: number };
  /** In place of carrying a request out, or, with "lost", of answering to one that it did carry out. */
  answer: readonly [status: number, body: string] | "hang" | "lost" | null;
  version: string;
  /** All rows that there are, doubles too; null: there is no such table. */
  rows(table: string): readonly Row[] | null;
  /** What a SELECT with FINAL sees. */
  final(table: string): readonly Row[];
  comment(table: string): string | undefined;
  drop(table: string): void;
  close(): Promise<void>;
}

interface TableState {
  comment: string;
  readonly columns: ReadonlySet<string>;
  rows: Row[];
}

/** An exception of the server: its code, its name, and in which status it is answered. */
class Exception extends Error {
  readonly status: number;
  constructor(status: number, code: number, name: string, text: string) {
    super(`Code: ${code}. DB::Exception: ${text}. (${name}) (version 26.9.2.1)\n`);
    this.status = status;
  }
}

export async function startClickhouseReceiver(): Promise<ClickhouseReceiver> {
  const tables = new Map<string, TableState>();
  const statements: string[] = [];
  const requests = { count: 0 };

  function tableOf(name: string): TableState {
    const table = tables.get(name);
    if (table === undefined) {
      throw new Exception(404, 60, "UNKNOWN_TABLE", `Table audit.${name} does not exist`);
    }
    return table;
  }

  /** A matcher, and what it does; the answer's body. */
  const KNOWN: readonly (readonly [RegExp, (match: readonly string[], lines: string) => string])[] = [
    [/^SELECT version\(\)$/, () => `${receiver.version}\n`],
    [
      /^SELECT comment FROM system\.tables WHERE database = currentDatabase\(\) AND name = '(\w+)' FORMAT TabSeparated$/,
      ([, name = ""]) => {
        const table = tables.get(name);
        return table === undefined ? "" : `${table.comment}\n`;
      },
    ],
    [
      /^CREATE TABLE IF NOT EXISTS (\w+) \((.*)\) ENGINE = ReplacingMergeTree\(version\)/s,
      ([, name = "", body = ""]) => {
        const columns = new Set(
          [...body.matchAll(/^\s*(\w+) (?:UUID|U?Int|String|DateTime|LowCardinality)/gm)].map(
            ([, column = ""]) => column,
          ),
        );
        tables.set(name, tables.get(name) ?? { comment: "", columns, rows: [] });
        return "";
      },
    ],
    [
      /^ALTER TABLE (\w+)\s+ADD INDEX IF NOT EXISTS/,
      ([, name = ""]) => {
        tableOf(name);
        return "";
      },
    ],
    [
      /^ALTER TABLE (\w+) MODIFY COMMENT '([^']*)'$/,
      ([, name = "", comment = ""]) => {
        tableOf(name).comment = comment;
        return "";
      },
    ],
    [
      /^ALTER TABLE (\w+) DELETE WHERE (.*)$/s,
      ([, name = "", conditions = ""]) => {
        const table = tableOf(name);
        const matches = conditions.split(" OR ").map(conditionOf);
        table.rows = table.rows.filter((row) => !matches.some((match) => match(row)));
        return "";
      },
    ],
    [
      /^INSERT INTO (\w+) FORMAT JSONEachRow$/,
      ([, name = ""], lines) => {
        const { columns, rows } = tableOf(name);
        const added = lines
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line) as Row);
        const unknown = added.flatMap(Object.keys).find((column) => !columns.has(column));
        if (unknown !== undefined) {
          throw new Exception(
            400,
            117,
            "INCORRECT_DATA",
            `Unknown field found while parsing JSONEachRow format: ${unknown}`,
          );
        }
        rows.push(...added);
        return "";
      },
    ],
  ];

  function carryOut(query: string, body: string): string {
    const [statement, lines] = query === "" ? [body, ""] : [query, body];
    for (const [pattern, act] of KNOWN) {
      const match = pattern.exec(statement);
      if (match !== null) {
        const answer = act(match, lines);
        statements.push(statement);
        return answer;
      }
    }
    throw new Exception(400, 62, "SYNTAX_ERROR", `Syntax error: ${statement.slice(0, 100)}`);
  }

  const receiver: ClickhouseReceiver = {
    url: "",
    user: "sallyport",
    password: "p@ss:wörd",
    statements,
    requests,
    answer: null,
    version: "26.9.2.1",
    rows: (name) => tables.get(name)?.rows ?? null,
    final: (name) => {
      const standing = new Map<unknown, Row>();
      for (const row of tableOf(name).rows) {
        const other = standing.get(row.id);
        if (other === undefined || Number(row.version) >= Number(other.version)) {
          standing.set(row.id, row);
        }
      }
      return [...standing.values()];
    },
    comment: (name) => tables.get(name)?.comment,
    drop: (name) => tables.delete(name),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  const server = createServer((req, res) => {
    void textOf(req).then((body) => {
      requests.count += 1;
      const { answer } = receiver;
      if (answer === "hang") {
        return;
      }
      if (answer !== null && answer !== "lost") {
        return res.writeHead(answer[0]).end(answer[1]);
      }
      try {
        authenticate(req, receiver);
        const query = new URL(req.url ?? "/", "http://receiver").searchParams.get("query") ?? "";
        const text = carryOut(query, body);
        return answer === "lost" ? res.destroy() : res.writeHead(200).end(text);
      } catch (error) {
        const status = error instanceof Exception ? error.status : 500;
        return res.writeHead(status).end(error instanceof Error ? error.message : "");
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(receiver, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

function authenticate({ headers }: IncomingMessage, { user, password }: ClickhouseReceiver): void {
  const right = `Basic ${Buffer.from(`${user}:${password}`, "utf8").toString("base64")}`;
  if (headers.authorization !== right) {
    throw new Exception(
      403,
      516,
      "AUTHENTICATION_FAILED",
      `${user}: Authentication failed: password is incorrect`,
    );
  }
}

function conditionOf(text: string): (row: Row) => boolean {
  const erased = /^\(id IN \(('[0-9a-f-]{36}'(?:, '[0-9a-f-]{36}')*)\) AND version < (\d+)\)$/.exec(text);
  if (erased !== null) {
    const ids = new Set([...(erased[1] ?? "").matchAll(/[0-9a-f-]{36}/g)].map(([id]) => id));
    return (row) => ids.has(String(row.id)) && Number(row.version) < Number(erased[2]);
  }
  const old = /^\(organization_id = '([0-9a-f-]{36})'(?: AND occurred_at <= '([\d :.-]+)')?\)$/.exec(text);
  if (old !== null) {
    const [, organizationId, until = "9"] = old;
    return (row) => row.organization_id === organizationId && String(row.occurred_at) <= until;
  }
  throw new Exception(400, 62, "SYNTAX_ERROR", `Syntax error: ${text.slice(0, 100)}`);
}

async function textOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req as AsyncIterable<Buffer>) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
