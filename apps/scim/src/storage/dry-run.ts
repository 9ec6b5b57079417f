import { type Database, rolledBack, type Sql } from "@sallyport/database";
import { isLong, jsonPieces } from "../http/json-pieces.ts";
import { ScimError } from "../protocol/error.ts";
import type { ScimResponse } from "../protocol/exchange.ts";
import type { Services } from "../resources/services.ts";
import { createStatements } from "./postgres.ts";

/**
 * What holds a dry run up is a change under way, and what it has written so far holds up others: it gives up sooner than
 * PostgreSQL would look for a deadlock (a second), so that a push is never ended for it.
 */
const LOCK_MS = 500;
/** More than a thousand operations take. */
const DRY_RUN_MS = 10_000;

/** Runs `work` on services that change nothing, and resolves to its response, whole. */
export type DryRun = (
  services: Services,
  work: (services: Services) => Promise<ScimResponse>,
) => Promise<ScimResponse>;

/**
 * The very statements of a request, in one transaction that is rolled back: so it is validated, refused and answered as
 * it would be, and leaves neither row nor mark nor event.
 */
export function createDryRun({ transaction }: Pick<Database, "transaction">): DryRun {
  return (services, work) =>
    rolledBack({ transaction }, async (sql) => {
      await sql.query(`SET LOCAL lock_timeout = ${LOCK_MS}`);
      const attempted = new Attempt(sql);
      const { transaction: nested } = attempted;
      const statements = createStatements({ sql: { query: attempted.query }, transaction: nested });
      const answer = await work({ ...services, statements, requestReconcile: () => undefined });
      // An operation of a Bulk request has caught it.
      if (attempted.failed !== undefined) {
        throw attempted.failed;
      }
      return withText(answer);
    });
}

/** Statements within one transaction, each of which may fail for itself: the others of a Bulk request go on. */
class Attempt {
  readonly #sql: Sql;
  readonly #endsAt = performance.now() + DRY_RUN_MS;
  /** What ends the dry run as a whole, though an operation be over it alone. */
  failed: ScimError | undefined;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  readonly query: Sql["query"] = (text, values, name) =>
    this.transaction((sql) => sql.query(text, values, name));

  readonly transaction = async <Result>(work: (sql: Sql) => Promise<Result>): Promise<Result> => {
    if (this.failed === undefined && performance.now() > this.#endsAt) {
      this.failed = retryLater(
        "A dry run may take ten seconds, and this one took longer. Send less at once.",
      );
    }
    if (this.failed !== undefined) {
      throw this.failed;
    }
    await this.#sql.query("SAVEPOINT attempt");
    try {
      const result = await work(this.#sql);
      await this.#sql.query("RELEASE SAVEPOINT attempt");
      return result;
    } catch (error) {
      if (isContention(error)) {
        this.failed = retryLater(
          "What it would change is being changed by another request. Retry the dry run.",
        );
        throw this.failed;
      }
      await this.#sql.query("ROLLBACK TO SAVEPOINT attempt");
      throw error;
    }
  };
}

function retryLater(detail: string): ScimError {
  return new ScimError(503, detail, { headers: { "Retry-After": "1" } });
}

const LOCK_NOT_AVAILABLE = "55P03";
const DEADLOCK = "40P01";

function isContention(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    (error.code === LOCK_NOT_AVAILABLE || error.code === DEADLOCK)
  );
}

/** The response with its text: what else would be read while it is written is read now. */
async function withText(response: ScimResponse): Promise<ScimResponse> {
  const { body } = response;
  if (body === undefined || !isLong(body)) {
    return response;
  }
  const text: string[] = [];
  for await (const piece of jsonPieces(body)) {
    text.push(piece);
  }
  return { ...response, text };
}
