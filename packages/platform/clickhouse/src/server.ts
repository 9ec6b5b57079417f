import { type Exchange, send } from "@sallyport/delivery";
import { createOutbound } from "@sallyport/outbound";

/** The operator's server. Holds a secret: never log it. */
export interface ClickhouseSettings {
  /** Without credentials, path and query: "https://clickhouse.internal:8443". */
  readonly url: string;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

export interface RequestOptions {
  /** For the whole exchange; the server gives up a second before. Whole seconds count, at least 2. */
  readonly timeoutMs: number;
  /** Ends it at once. */
  readonly signal?: AbortSignal;
}

export interface Clickhouse {
  /** Carries a statement out; resolves to the beginning of its answer, 16 kB at most. Throws `ClickhouseError`. */
  run(statement: string, options: RequestOptions): Promise<string>;
  /**
   * Inserts rows by one statement, which is answered once they are written: lines of JSON, by the names of columns. Throws
   * `ClickhouseError`, which tells nothing of the rows.
   */
  insert(table: string, lines: string, options: RequestOptions): Promise<void>;
  close(): Promise<void>;
}

/** Why a statement was not carried out, or not known to be. */
export class ClickhouseError extends Error {
  /** What the server said: of an INSERT its code alone. Undefined: nothing. */
  readonly answer: string | undefined;
  /** Null: there was no answer. */
  readonly status: number | null;
  readonly retryAfter: string | null;
  /** By the caller's signal: it says nothing of the server. */
  readonly interrupted: boolean;

  constructor(
    message: string,
    { status, retryAfter, interrupted }: Pick<Exchange, "status" | "retryAfter" | "interrupted">,
    answer?: string,
  ) {
    super(message);
    this.name = "ClickhouseError";
    this.answer = answer;
    this.status = status;
    this.retryAfter = retryAfter;
    this.interrupted = interrupted;
  }
}

const KEPT_BYTES = 16_384;
const TOLD_CHARACTERS = 300;
const ANYWHERE = ["0.0.0.0/0", "::/0"];
/** Longer than any caller waits. */
const LONGEST_MS = 120_000;

export function createClickhouse({ url, database, user, password }: ClickhouseSettings): Clickhouse {
  // Named by the operator in the environment, like PostgreSQL and Redis: it may be on a private address, and without TLS
  // there. No tenant has a say in it.
  const outbound = createOutbound({ allow: ANYWHERE, plainHttp: true, timeoutMs: LONGEST_MS });
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

  async function request(
    settings: Readonly<Record<string, string | number>>,
    body: string,
    { timeoutMs, signal }: RequestOptions,
  ): Promise<Exchange> {
    const target = new URL("/", url);
    const query = {
      database,
      // The status is that of the whole statement: nothing is answered before its end.
      wait_end_of_query: 1,
      // Whoever gave up may begin anew: by then nothing of this is still under way.
      max_execution_time: Math.max(1, Math.floor(timeoutMs / 1_000) - 1),
      ...settings,
    };
    for (const [name, value] of Object.entries(query)) {
      target.searchParams.set(name, String(value));
    }
    return send(outbound, {
      url: target.href,
      headers: { authorization, "content-type": "text/plain; charset=utf-8" },
      body,
      timeoutMs,
      keepBytes: KEPT_BYTES,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  return {
    run: async (statement, options) => {
      const exchange = await request({}, statement, options);
      if (exchange.status !== 200) {
        const { status, error, body } = exchange;
        const answer = body?.trim().slice(0, TOLD_CHARACTERS);
        throw new ClickhouseError(error ?? `ClickHouse answered ${status}`, exchange, answer);
      }
      return exchange.body ?? "";
    },
    insert: async (table, lines, options) => {
      const settings = {
        query: `INSERT INTO ${table} FORMAT JSONEachRow`,
        async_insert: 0,
        // Of a replicated table, the same rows may have been there and been deleted: they count all the same.
        insert_deduplicate: 0,
      };
      const exchange = await request(settings, lines, options);
      if (exchange.status !== 200) {
        const { status, error, body } = exchange;
        const refused = `ClickHouse answered ${status} to an INSERT into ${table}`;
        throw new ClickhouseError(error ?? refused, exchange, body === null ? undefined : exceptionOf(body));
      }
    },
    close: () => outbound.close(),
  };
}

/** "Code: 252. DB::Exception: … (TOO_MANY_PARTS) (version …)" without its text, which may repeat what stands in a row. */
function exceptionOf(body: string): string {
  const code = /^Code: (\d{1,5})\b/.exec(body)?.[1];
  const name = /\(([A-Z][A-Z0-9_]{2,60})\) \(version /.exec(body)?.[1];
  return code === undefined ? "no reason was told" : `code ${code}${name === undefined ? "" : ` (${name})`}`;
}
