import type { Database } from "@sallyport/database";
import { Redis } from "ioredis";

/** Something stored: where, and all of it as text. */
export interface Stored {
  readonly place: string;
  readonly text: string;
}

/** Every row of every table of every schema, each column as text; byte strings also as the text that they may be. */
export async function everyRow({ sql }: Database): Promise<Stored[]> {
  const { rows: columns } = await sql.query<{ table: string; column: string; type: string }>(
    `SELECT format('%I.%I', c.table_schema, c.table_name) AS table, format('%I', c.column_name) AS column, c.data_type AS type
     FROM information_schema.columns c
     JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE t.table_type = 'BASE TABLE' AND c.table_schema NOT IN ('pg_catalog', 'information_schema')
     ORDER BY 1, c.ordinal_position`,
  );
  const byTable = new Map<string, string[]>();
  for (const { table, column, type } of columns) {
    const text = type === "bytea" ? `encode(${column}, 'escape')` : `${column}::text`;
    byTable.set(table, [...(byTable.get(table) ?? []), text]);
  }
  const found: Stored[] = [];
  for (const [table, texts] of byTable) {
    const { rows } = await sql.query<{ text: string }>(
      `SELECT concat_ws(E'\\n', ${texts.join(", ")}) AS text FROM ${table}`,
    );
    found.push(...rows.map(({ text }) => ({ place: table, text })));
  }
  return found;
}

/** Every value of every key of a Redis. */
export async function everyKey(url: string): Promise<Stored[]> {
  const redis = new Redis(url);
  const found: Stored[] = [];
  for (const key of await redis.keys("*")) {
    const read: Record<string, () => Promise<unknown>> = {
      string: () => redis.get(key),
      hash: () => redis.hgetall(key),
      list: () => redis.lrange(key, 0, -1),
      set: () => redis.smembers(key),
      zset: () => redis.zrange(key, "0", "-1"),
      stream: () => redis.xrange(key, "-", "+"),
    };
    const value = await read[await redis.type(key)]?.();
    found.push({ place: `redis ${key}`, text: `${key}\n${JSON.stringify(value)}` });
  }
  redis.disconnect();
  return found;
}

/** How many seconds a key has left; -1: it stays. */
export async function secondsLeft(url: string, key: string): Promise<number> {
  const redis = new Redis(url);
  const left = await redis.ttl(key);
  redis.disconnect();
  return left;
}

/** The ways in which a value may be written: in any case, for URLs, JSON, XML, as hexadecimal, as base64 wherever it begins. */
export function writingsOf(value: string): string[] {
  const plain = [value, value.normalize("NFD"), encodeURIComponent(value), encodeURI(value)];
  const ascii = JSON.stringify(value).replace(
    /[^\0-~]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  const xml = value.replaceAll("&", "&amp;").replaceAll("'", "&apos;").replaceAll('"', "&quot;");
  const hex = [value, value.toLowerCase()].map((text) => Buffer.from(text).toString("hex"));
  return [...plain, ascii.slice(1, -1), xml, ...hex].map((text) => text.toLowerCase());
}

export function base64Of(value: string): string[] {
  return [value, value.toLowerCase()].flatMap((text) =>
    [0, 1, 2].flatMap((offset) => {
      const bytes = Buffer.from(text);
      const whole = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
      const sure = whole.slice(Math.ceil((offset * 4) / 3), Math.floor(((offset + bytes.length) * 4) / 3));
      return sure.length < 8 ? [] : [sure, sure.replaceAll("+", "-").replaceAll("/", "_")];
    }),
  );
}

/** Where which value is found, in whatever way it is written. */
export function traceOf(values: Readonly<Record<string, string>>, stored: readonly Stored[]): string[] {
  const traces = Object.entries(values).map(([name, value]) => ({
    name,
    anyCase: writingsOf(value),
    exact: base64Of(value),
  }));
  return stored.flatMap(({ place, text }) => {
    const lower = text.toLowerCase();
    return traces
      .filter(
        ({ anyCase, exact }) =>
          anyCase.some((each) => lower.includes(each)) || exact.some((each) => text.includes(each)),
      )
      .map(({ name }) => `${place}: ${name}: ${text.slice(0, 2_000)}`);
  });
}
