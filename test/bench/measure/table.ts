import type { MeasureOptions, ScenarioResult } from "./measure-scenario.ts";

const HEAD = [
  "scenario",
  "per s",
  "p50 ms",
  "p95 ms",
  "p99 ms",
  "gateway CPU ms",
  "PostgreSQL CPU ms",
  "client CPU ms",
  "SQL",
  "tx",
  "RSS MB",
  "peak MB",
];
const FAILURES_SHOWN = 3;

/** What a person reads: one line a scenario, CPU, SQL statements and transactions per operation. */
export function resultsTable(
  results: readonly ScenarioResult[],
  options: MeasureOptions,
  machine: string,
): string {
  const rows = [HEAD, ...results.map(row)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const lines = rows.map((cells) =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  "),
  );
  const [head = "", ...body] = lines;
  return [
    head,
    "-".repeat(head.length),
    ...body,
    "",
    ...results.flatMap(timesOf),
    `Medians of ${options.rounds} rounds, ${options.concurrency} operations under way at once; CPU, SQL statements and transactions per operation,`,
    "with what it set off in the background. One gateway process with all roles; PostgreSQL as embedded (its default settings,",
    `fsync on). Gateway, PostgreSQL and this client share ${machine}.`,
    "",
  ].join("\n");
}

function row({ title, median, statements, memory }: ScenarioResult): string[] {
  return [
    title,
    median.perSecond.toFixed(1),
    ...[median.p50, median.p95, median.p99].map((ms) => ms.toFixed(1)),
    ...[median.gatewayCpuMs, median.databaseCpuMs, median.clientCpuMs].map((ms) => ms.toFixed(2)),
    statements.toFixed(1),
    median.transactions.toFixed(1),
    memory.rssMb.toFixed(0),
    memory.peakMb.toFixed(0),
  ];
}

function timesOf({ title, median }: ScenarioResult): string[] {
  const times = Object.entries(median.times).map(([name, seconds]) => `${name} ${seconds.toFixed(2)} s`);
  return times.length === 0 ? [] : [`${title}: ${times.join(", ")}`, ""];
}

/** Which scenarios had failed operations, and how they failed. Empty when none had. */
export function failuresText(results: readonly ScenarioResult[]): string {
  return results
    .filter(({ failures }) => failures.length > 0)
    .map(({ name, unit, failures }) => {
      const different = [...new Set(failures)].slice(0, FAILURES_SHOWN);
      return [`FAILED: ${name}: ${failures.length} times a ${unit} failed, such as:`, ...different].join(
        "\n  ",
      );
    })
    .join("\n");
}
