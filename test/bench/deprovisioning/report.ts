import type { Latency } from "../measure/latency.ts";
import { textTable } from "../measure/table.ts";
import type { Deprovisioning } from "./measure-deprovisioning.ts";

const TARGETS = { p50: 100, p99: 500, usersPerSecond: 3_000, otherTenantMs: 1_000 };

/** One table each: how soon access ends, how fast the worker is, what another tenant notices, many organizations at once. */
export function deprovisioningReport(found: readonly Deprovisioning[]): string {
  const latency = textTable(
    ["from a push of active:false, ms", "queue", "people", "p50", "p99", "most", "target"],
    found.flatMap(({ backend, revocation }) => [
      ["until it is answered", backend, ...cells(revocation.answered), ""],
      [
        "until introspection says inactive",
        backend,
        ...cells(revocation.introspection),
        inTime(revocation.introspection),
      ],
      ["until the revocation feed tells", backend, ...cells(revocation.feed), inTime(revocation.feed)],
    ]),
  );
  const load = found.map(
    ({ backend, revocation: { sessions, pushes, pushesPerSecond } }) =>
      `${backend}: ${pushes} pushes at ${pushesPerSecond.toFixed(0)}/s, ${sessions} live sessions; target p50 < ${TARGETS.p50} ms, p99 < ${TARGETS.p99} ms`,
  );
  const throughput = textTable(
    ["reconciled, mark to commit", "queue", "users", "users/s", `target ${TARGETS.usersPerSecond}`],
    found.flatMap(({ backend, throughput: all }) =>
      all.map(({ what, users, usersPerSecond }) => [
        ...[what, backend, String(users), usersPerSecond.toFixed(0)],
        verdict(usersPerSecond >= TARGETS.usersPerSecond),
      ]),
    ),
  );
  const fairness = textTable(
    ["another tenant's single change, ms", "queue", "times", "p50", "p99", "most", "target"],
    found.map(({ backend, fairness: { marks, seconds, other } }) => [
      ...[`while ${marks} marks are worked off (${seconds.toFixed(1)} s)`, backend, ...cells(other)],
      verdict(other.most < TARGETS.otherTenantMs),
    ]),
  );
  const organizations = textTable(
    ["organizations pushing at once", "queue", "pushes/s", "p50 ms", "p99 ms", "in effect after, ms"],
    found.flatMap(({ backend, organizations: all }) =>
      all.map(({ organizations: count, pushesPerSecond, answered, settledAfterMs }) => [
        ...[String(count), backend, pushesPerSecond.toFixed(0)],
        ...[answered.p50.toFixed(1), answered.p99.toFixed(1), settledAfterMs.toFixed(0)],
      ]),
    ),
  );
  return [`${load.join("\n")}\n\n${latency}`, throughput, fairness, organizations].join("\n\n");
}

function cells({ samples, p50, p99, most }: Latency): string[] {
  return [String(samples), p50.toFixed(1), p99.toFixed(1), most.toFixed(1)];
}

function inTime({ p50, p99 }: Latency): string {
  return verdict(p50 < TARGETS.p50 && p99 < TARGETS.p99);
}

function verdict(met: boolean): string {
  return met ? "met" : "MISSED";
}
