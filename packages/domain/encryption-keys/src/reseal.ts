import type { Sql } from "@sallyport/database";
import { type SecretBox, SecretError } from "@sallyport/secrets";
import { contextOf, PLACES, SEALED_PLACES, type SealedPlace } from "./places.ts";

export interface ResealOptions {
  /** Stops after the value that is being sealed. */
  readonly signal?: AbortSignal;
  /** Called for a value that does not open: its key is missing, or it was changed. It stays as it is. */
  readonly onUnopened?: (place: SealedPlace, key: string, error: SecretError) => void;
}

/** How many values of which place were sealed anew. */
export type Resealed = Readonly<Record<string, number>>;

const PAGE = 500;

interface Row {
  readonly key: string;
  readonly sealed: string;
}

/**
 * Seals under the ring's newest key whatever is sealed under another one. Each value is a statement of its own, which
 * changes it only if it still is what was opened: so nothing waits for more than one row, a concurrent write wins, and
 * several processes may do this at once.
 */
export async function resealStale(
  sql: Sql,
  secrets: SecretBox,
  options: ResealOptions = {},
): Promise<Resealed> {
  const counts: Record<string, number> = {};
  for (const [place] of PLACES) {
    const count = await resealPlace(sql, secrets, place, options);
    if (count > 0) {
      counts[place] = count;
    }
  }
  return counts;
}

async function resealPlace(
  sql: Sql,
  secrets: SecretBox,
  place: SealedPlace,
  { signal, onUnopened }: ResealOptions,
): Promise<number> {
  let count = 0;
  let after: string | null = null;
  for (;;) {
    const rows: Row[] = await stalePage(sql, secrets, place, after);
    for (const { key, sealed } of rows) {
      if (signal?.aborted === true) {
        return count;
      }
      const fresh = sealedAnew(secrets, contextOf(place, key), sealed);
      if (fresh instanceof SecretError) {
        onUnopened?.(place, key, fresh);
      } else if (await replace(sql, place, key, sealed, fresh)) {
        count += 1;
      }
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) {
      return count;
    }
    after = last.key;
  }
}

async function stalePage(sql: Sql, secrets: SecretBox, place: SealedPlace, after: string | null) {
  const { table, key, keyType, value, where } = SEALED_PLACES[place];
  const { rows } = await sql.query<Row>(
    `SELECT ${key}::text AS key, ${value} AS sealed FROM ${table}
     WHERE ${where} AND split_part(${value}, '.', 2) <> $1 AND ($2::${keyType} IS NULL OR ${key} > $2::${keyType})
     ORDER BY ${table}.${key} LIMIT ${PAGE}`,
    [secrets.keyIds[0], after],
  );
  return rows;
}

function sealedAnew(secrets: SecretBox, context: string, sealed: string): string | SecretError {
  try {
    return secrets.seal(secrets.open(sealed, context), context);
  } catch (error) {
    if (error instanceof SecretError) {
      return error;
    }
    throw error;
  }
}

async function replace(
  sql: Sql,
  place: SealedPlace,
  key: string,
  sealed: string,
  fresh: string,
): Promise<boolean> {
  const { table, key: column, keyType, value, assign, where } = SEALED_PLACES[place];
  const { rowCount } = await sql.query(
    `UPDATE ${table} SET ${assign} WHERE ${column} = $1::${keyType} AND ${value} = $2 AND ${where}`,
    [key, sealed, fresh],
    `reseal_${place.replaceAll(".", "_")}`,
  );
  return rowCount === 1;
}
