import type { Latency } from "../measure/latency.ts";
import { textTable } from "../measure/table.ts";
import type { Outward } from "./measure-outward.ts";

const TARGETS = { eventsPerSecond: 2_000, share: 0.05, hangingTimes: 2 };

/** A table each: the stages of an event's way, the whole of it, what it costs requests, the work behind them, webhooks. */
export function outwardReport(found: Outward): string {
  return [stages(found), pipeline(found), costs(found), background(found), webhooks(found)].join("\n\n");
}

function stages({ stages: all }: Outward): string {
  return textTable(
    [
      "events, one stage at a time",
      "per s",
      "Node CPU us",
      "PostgreSQL CPU us",
      `target ${TARGETS.eventsPerSecond}`,
    ],
    all.map(({ name, perSecond, nodeCpuUs, databaseCpuUs }) => [
      ...[name, perSecond.toFixed(0), nodeCpuUs.toFixed(0), databaseCpuUs.toFixed(0)],
      verdict(perSecond >= TARGETS.eventsPerSecond),
    ]),
  );
}

function pipeline({ pipeline: found }: Outward): string {
  const { read, events, deliveries, deliveredAfter, sealedAfter, nodeCpuUs, databaseCpuUs } = found;
  const lines = [
    ["recorded", found.recordedPerSecond],
    ["and read by a client of the events API", found.readPerSecond],
  ] as const;
  return [
    textTable(
      ["events, all stages at once", "per s", `target ${TARGETS.eventsPerSecond}`],
      lines.map(([name, rate]) => [name, rate.toFixed(0), verdict(rate >= TARGETS.eventsPerSecond)]),
    ),
    `${events} events; ${deliveries} webhooks sent, the last ${deliveredAfter.toFixed(1)} s after the last event; sealed after ${sealedAfter.toFixed(1)} s.`,
    `From an event to its reader: p50 ${read.p50.toFixed(0)} ms, p99 ${read.p99.toFixed(0)} ms. CPU an event: gateway ${nodeCpuUs.toFixed(0)} us, PostgreSQL ${databaseCpuUs.toFixed(0)} us.`,
  ].join("\n");
}

function costs({ costs: all }: Outward): string {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  return textTable(
    [
      "CPU ms an operation",
      "of",
      "with",
      "without",
      "more by",
      "least",
      "most",
      `target ${percent(TARGETS.share)}`,
    ],
    all.map(({ title, part, withMs, withoutMs, share }) => [
      ...[title, part, withMs.toFixed(2), withoutMs.toFixed(2)],
      ...[share.median, share.least, share.most].map(percent),
      part === "outbox" ? verdict(share.median <= TARGETS.share) : "",
    ]),
  );
}

function background({ background: { createsPerSecond, eventsPerCreate, parts } }: Outward): string {
  return [
    textTable(
      ["PostgreSQL during SCIM creates", "us an event", "of all, %", "statements an event"],
      parts.map(({ name, usPerEvent, share, statementsPerEvent }) => [
        ...[name, usPerEvent.toFixed(1), (share * 100).toFixed(1), statementsPerEvent.toFixed(4)],
      ]),
    ),
    `${createsPerSecond.toFixed(0)} creates/s of ${eventsPerCreate.toFixed(1)} events each; time of statements, which on full cores wait, too.`,
  ].join("\n");
}

function webhooks({ webhooks: { endpoints, hanging, told, backlog, perSecond } }: Outward): string {
  const p99 = (what: string) => told.find((each) => each.what === what)?.latency.p99 ?? 0;
  const times = p99("ten hang") / Math.max(1, p99("all answer"));
  return [
    textTable(
      [`webhooks to ${endpoints} endpoints, ms`, "deliveries", "p50", "p99", "most"],
      told.map(({ what, latency }) => [what, ...cells(latency)]),
    ),
    `p99 beside ${hanging} that hang: ${times.toFixed(1)} times that without; target at most ${TARGETS.hangingTimes}: ${verdict(times <= TARGETS.hangingTimes)}.`,
    `A backlog of ${backlog} is sent at ${perSecond.toFixed(0)} deliveries a second.`,
  ].join("\n");
}

function cells({ samples, p50, p99, most }: Latency): string[] {
  return [String(samples), ...[p50, p99, most].map((ms) => ms.toFixed(0))];
}

const verdict = (met: boolean) => (met ? "met" : "MISSED");
