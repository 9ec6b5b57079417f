import { type Clickhouse, ClickhouseError, type RequestOptions } from "./server.ts";

/** A table of ours, by the statements that make it what it is. */
export interface Table {
  /** Letters, digits and `_`. */
  readonly name: string;
  /**
   * The first makes it, each further one changes it. A step never changes once it was released, and may be repeated: what it
   * adds is added IF NOT EXISTS.
   */
  readonly steps: readonly string[];
}

/** Of these the oldest and the newest have been tried: test/interop/clickhouse. */
const OLDEST_SERVER = [24, 8] as const;

/** The steps that a table has; null where there is no such table. Throws `ClickhouseError`. */
export async function tableVersion(
  clickhouse: Clickhouse,
  { name }: Table,
  options: RequestOptions,
): Promise<number | null> {
  await requireVersion(clickhouse, options);
  const comment = await clickhouse.run(
    `SELECT comment FROM system.tables WHERE database = currentDatabase() AND name = '${name}' FORMAT TabSeparated`,
    options,
  );
  if (comment === "") {
    return null;
  }
  // A comment that somebody else wrote: all steps again.
  return Number(/^Sallyport, version (\d{1,4})\n$/.exec(comment)?.[1] ?? 0);
}

/**
 * Has a table the steps that it lacks; resolves to how many these were. Its comment says which it has, so that it goes with
 * the table. One that a later version has made has more steps, and is left as it is. Throws `ClickhouseError`.
 */
export async function migrateTable(
  clickhouse: Clickhouse,
  table: Table,
  options: RequestOptions,
): Promise<number> {
  const { name, steps } = table;
  const version = (await tableVersion(clickhouse, table, options)) ?? 0;
  const missing = steps.slice(version);
  for (const [index, step] of missing.entries()) {
    await clickhouse.run(step, options);
    const comment = `Sallyport, version ${version + index + 1}`;
    await clickhouse.run(`ALTER TABLE ${name} MODIFY COMMENT '${comment}'`, options);
  }
  return missing.length;
}

async function requireVersion(clickhouse: Clickhouse, options: RequestOptions): Promise<void> {
  const version = (await clickhouse.run("SELECT version()", options)).trim();
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_SERVER;
  if (!(major > oldestMajor || (major === oldestMajor && minor >= oldestMinor))) {
    throw new ClickhouseError(
      `ClickHouse ${version.slice(0, 30)} is too old: ${OLDEST_SERVER.join(".")} or later is needed.`,
      { status: 200, retryAfter: null, interrupted: false },
    );
  }
}
