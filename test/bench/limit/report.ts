import { textTable } from "../measure/table.ts";
import type { Limit } from "./measure-limit.ts";

/** How many times as slow as its own SQL the gateway may be. */
const TARGET = 3;

const HEAD = [
  "the same SQL",
  "gateway per s",
  "replayed per s",
  "gateway is slower by",
  `within ${TARGET}x`,
  "SQL",
  "Node CPU ms",
  "PostgreSQL CPU ms",
  "replayed CPU ms",
];

export function limitReport({ replayer, scenarios }: Limit): string {
  const rows = scenarios.map(({ title, gateway, statements, replayedPerSecond, replayedDatabaseCpuMs }) => {
    const times = replayedPerSecond / gateway.perSecond;
    return [
      title,
      gateway.perSecond.toFixed(1),
      replayedPerSecond.toFixed(1),
      `${times.toFixed(2)}x`,
      times <= TARGET ? "yes" : "NO",
      statements.toFixed(1),
      gateway.nodeCpuMs.toFixed(2),
      gateway.databaseCpuMs.toFixed(2),
      replayedDatabaseCpuMs.toFixed(2),
    ];
  });
  return [
    textTable(HEAD, rows),
    "",
    "Replayed: the requests' statements as PostgreSQL logged them, with their values, without the reconciler's and the queue's,",
    "on a copy of the database as it was before, prepared once a connection, on as many connections as operations were under way,",
    `by ${replayer}. The gateway's CPU times are with the reconciler's and the queue's.`,
  ].join("\n");
}
