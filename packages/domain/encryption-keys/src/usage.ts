import type { Sql } from "@sallyport/database";
import type { SecretBox } from "@sallyport/secrets";
import { PLACES, SEALED_PLACES, type SealedPlace } from "./places.ts";

/** A key of the ring, or one that is missing from it, and what is sealed under it. */
export interface KeyUsage {
  /** As the sealed values name it: the first 8 hex digits of the key's SHA-256. */
  readonly id: string;
  /** `current`: seals what is new. `older`: opens what it sealed. `missing`: not in the ring, though still needed. */
  readonly use: "current" | "older" | "missing";
  /** How many values of which place. */
  readonly neededBy: Readonly<Partial<Record<SealedPlace, number>>>;
  readonly needed: number;
  /** Whether the ring can do without it. */
  readonly retirable: boolean;
}

const COUNTS = PLACES.map(
  ([name, { table, value, where }]) =>
    `SELECT '${name}' AS place, split_part(${value}, '.', 2) AS key, count(*)::int AS count
     FROM ${table} WHERE ${where} AND ${value} IS NOT NULL GROUP BY 1, 2`,
).join(" UNION ALL ");

/** The keys of the ring, newest first, then those that are missing; counted in one snapshot. */
export async function keyUsage(sql: Sql, secrets: SecretBox): Promise<KeyUsage[]> {
  const { rows } = await sql.query<{ place: SealedPlace; key: string; count: number }>(COUNTS);
  const [current] = secrets.keyIds;
  const ids = new Set([...secrets.keyIds, ...rows.map((row) => row.key).toSorted()]);
  return [...ids].map((id) => {
    const own = rows.filter((row) => row.key === id);
    const needed = own.reduce((sum, row) => sum + row.count, 0);
    const inRing = secrets.keyIds.includes(id);
    return {
      id,
      use: id === current ? "current" : inRing ? "older" : "missing",
      neededBy: Object.fromEntries(own.map((row) => [row.place, row.count])),
      needed,
      retirable: inRing && id !== current && needed === 0,
    };
  });
}

/** What an operator is told of keys that are missing; null when none is. */
export function describeMissing(usage: readonly KeyUsage[]): string | null {
  const missing = usage.filter((key) => key.use === "missing");
  if (missing.length === 0) {
    return null;
  }
  const keys = missing.map(({ id, neededBy }) => {
    const counts = PLACES.flatMap(([name]) => {
      const count = neededBy[name];
      return count === undefined ? [] : [`${count} x ${SEALED_PLACES[name].what}`];
    });
    return `key ${id} is not in it, but still needed (${counts.join(", ")})`;
  });
  return `SALLYPORT_ENCRYPTION_KEYS lacks what is in use: ${keys.join("; ")}. Put it back at the end of the ring, and take it out once GET /api/v1/encryption-keys says that it can be retired.`;
}
