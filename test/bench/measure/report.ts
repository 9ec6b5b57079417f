import type { MeasureOptions, ScenarioResult, SideResult } from "./measure-scenario.ts";
import { textTable } from "./table.ts";

const HEAD = [
  "scenario",
  "per s",
  "p50 ms",
  "p95 ms",
  "p99 ms",
  "Node CPU ms",
  "PostgreSQL CPU ms",
  "client CPU ms",
  "SQL",
  "tx",
  "RSS MB",
  "peak MB",
];
const FAILURES_SHOWN = 3;
const MEMORY_TARGET_MB = 350;

/** What a person reads: one line a scenario and side, CPU, SQL statements and transactions per operation. */
export function resultsReport(
  results: readonly ScenarioResult[],
  options: MeasureOptions,
  machine: string,
): string {
  const rows = results.flatMap(({ title, sallyport, peer }) => [
    row(title, sallyport),
    ...(peer === undefined ? [] : [row(`  ${peer.name}`, peer)]),
  ]);
  return [
    textTable(HEAD, rows),
    "",
    ...results.flatMap(timesOf),
    ...ratiosReport(results),
    ...memoryReport(results),
    `Medians of ${options.rounds} rounds, ${options.concurrency} operations under way at once unless a scenario says otherwise; CPU, SQL statements`,
    "and transactions per operation, with what it set off in the background. One gateway process with all roles; PostgreSQL as",
    `embedded (its default settings, fsync on). Node, PostgreSQL and this client share ${machine}.`,
    "",
  ].join("\n");
}

function row(title: string, { median, statements, memory }: SideResult): string[] {
  return [
    title,
    median.perSecond.toFixed(median.perSecond < 10 ? 2 : 1),
    ...[median.p50, median.p95, median.p99].map((ms) => ms.toFixed(1)),
    ...[median.nodeCpuMs, median.databaseCpuMs, median.clientCpuMs].map((ms) => ms.toFixed(2)),
    statements.toFixed(1),
    median.transactions.toFixed(1),
    memory.rssMb.toFixed(0),
    memory.peakMb.toFixed(0),
  ];
}

function timesOf({ title, sallyport, peer }: ScenarioResult): string[] {
  const lines = [
    { who: title, side: sallyport },
    ...(peer ? [{ who: `${title}, ${peer.name}`, side: peer }] : []),
  ]
    .filter(({ side }) => Object.keys(side.median.times).length > 0)
    .map(({ who, side }) => {
      const times = Object.entries(side.median.times).map(
        ([name, seconds]) => `${name} ${seconds.toFixed(2)} s`,
      );
      return `${who}: ${times.join(", ")}`;
    });
  return lines.length === 0 ? [] : [...lines, ""];
}

const RATIO_HEAD = [
  "how many times as fast as",
  "the peer",
  "rate",
  "Node CPU",
  "PostgreSQL CPU",
  "CPU",
  "target",
  "",
];

/** Ours beside the peer's, and whether that is what we mean to reach: by rate and by the CPU time of Node and PostgreSQL together. */
function ratiosReport(results: readonly ScenarioResult[]): string[] {
  const rows = results.flatMap(({ title, sallyport, peer }) => {
    if (peer === undefined) {
      return [];
    }
    const [ours, theirs] = [sallyport.median, peer.median];
    const rate = ours.perSecond / theirs.perSecond;
    const cpu = (theirs.nodeCpuMs + theirs.databaseCpuMs) / (ours.nodeCpuMs + ours.databaseCpuMs);
    return [
      [
        title,
        peer.name,
        times(rate),
        times(theirs.nodeCpuMs / ours.nodeCpuMs),
        times(theirs.databaseCpuMs / ours.databaseCpuMs),
        times(cpu),
        times(peer.target),
        rate >= peer.target && cpu >= peer.target ? "reached" : "MISSED",
      ],
    ];
  });
  return rows.length === 0 ? [] : [textTable(RATIO_HEAD, rows), ""];
}

/** Over all scenarios, of the gateway's process. In-process work is this client's memory, and no part of it. */
function memoryReport(results: readonly ScenarioResult[]): string[] {
  const [most] = results
    .filter(({ sallyport }) => sallyport.isServer)
    .toSorted((one, other) => other.sallyport.memory.peakMb - one.sallyport.memory.peakMb);
  if (most === undefined) {
    return [];
  }
  const peak = most.sallyport.memory.peakMb;
  const verdict = peak <= MEMORY_TARGET_MB ? "within" : "MORE THAN";
  return [
    `The gateway's memory peaked at ${peak.toFixed(0)} MB, in "${most.title}": ${verdict} the ${MEMORY_TARGET_MB} MB that it is to keep to.`,
    "",
  ];
}

const times = (ratio: number) => (Number.isFinite(ratio) ? `${ratio.toFixed(1)}x` : "-");

/** Which scenarios had failed operations, and how they failed. Empty when none had. */
export function failuresText(results: readonly ScenarioResult[]): string {
  return results
    .flatMap(({ name, unit, sallyport, peer }) => [
      { who: name, unit, failures: sallyport.failures },
      { who: `${name}, ${peer?.name}`, unit, failures: peer?.failures ?? [] },
    ])
    .filter(({ failures }) => failures.length > 0)
    .map(({ who, unit, failures }) => {
      const different = [...new Set(failures)].slice(0, FAILURES_SHOWN);
      return [`FAILED: ${who}: ${failures.length} times a ${unit} failed, such as:`, ...different].join(
        "\n  ",
      );
    })
    .join("\n");
}
