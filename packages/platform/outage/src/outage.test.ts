import { describe, expect, it } from "vitest";
import { type Outage, outageOf, Unavailable } from "./outage.ts";

const coded = (code: string, more: object = {}) => Object.assign(new Error("it failed"), { code, ...more });
const named = (name: string, more: object) => Object.assign(new Error("it failed"), { name, ...more });

describe("an outage", () => {
  it.each<[string, unknown, Outage["kind"]]>([
    ["refused", coded("ECONNREFUSED"), "refused"],
    ["refused at every address of a name", new AggregateError([coded("ECONNREFUSED")]), "refused"],
    ["a Unix socket that is not there", coded("ENOENT", { syscall: "connect" }), "refused"],
    ["reset", coded("ECONNRESET"), "connection_lost"],
    ["a name that cannot be resolved", coded("EAI_AGAIN"), "name_unresolved"],
    ["admin_shutdown", coded("57P01"), "shutting_down"],
    ["crash_shutdown", coded("57P02"), "shutting_down"],
    ["cannot_connect_now", coded("57P03"), "starting"],
    ["too_many_connections", coded("53300"), "too_many_connections"],
    ["a full disk", coded("53100"), "out_of_resources"],
    ["a standby", coded("25006"), "read_only"],
    ["any connection exception", coded("08P01"), "connection_lost"],
    ["a pool that is exhausted", new Error("timeout exceeded when trying to connect"), "busy"],
    ["a broken client", new Error("Connection terminated unexpectedly"), "connection_lost"],
    ["Prisma's own code", named("PrismaClientKnownRequestError", { code: "P1017" }), "connection_lost"],
    [
      "Prisma's raw SQL",
      named("PrismaClientKnownRequestError", {
        code: "P2010",
        meta: { driverAdapterError: named("DriverAdapterError", { cause: { originalCode: "57P01" } }) },
      }),
      "shutting_down",
    ],
  ])("of PostgreSQL: %s", (_name, error, kind) => {
    expect(outageOf(error)).toEqual({ server: "PostgreSQL", kind });
  });

  it.each<[string, Outage["kind"]]>([
    ["Reached the max retries per request limit (which is 1). Refer to ...", "refused"],
    ["All sentinels are unreachable. Retrying from scratch after 10ms.", "refused"],
    ["Command timed out", "no_answer"],
    ["Connection is closed.", "connection_lost"],
    ["LOADING Redis is loading the dataset in memory", "starting"],
    ["READONLY You can't write against a read only replica.", "read_only"],
    ["MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", "failing_over"],
    ["CLUSTERDOWN The cluster is down", "failing_over"],
    ["OOM command not allowed when used memory > 'maxmemory'.", "out_of_resources"],
    [
      "MISCONF Redis is configured to save RDB snapshots, but is unable to persist to disk.",
      "out_of_resources",
    ],
    ["ERR max number of clients reached", "too_many_connections"],
  ])("of Redis: %s", (message, kind) => {
    expect(outageOf(new Error(message))).toEqual({ server: "Redis", kind });
  });

  it("is of whom the caller says, where the error does not tell", () => {
    expect(outageOf(coded("ECONNRESET"), "Redis")).toEqual({ server: "Redis", kind: "connection_lost" });
    const own = { server: "Redis", kind: "no_answer" } as const;
    expect(outageOf(new Unavailable(own, "silent"))).toEqual(own);
  });
});

it.each<[string, unknown]>([
  ["a unique violation", coded("23505")],
  ["a deadlock", coded("40P01")],
  ["a missing table", coded("42P01")],
  ["a wrong password", coded("28P01")],
  ["a missing file", coded("ENOENT", { path: "/etc/x", syscall: "open" })],
  ["Prisma's unique violation", named("PrismaClientKnownRequestError", { code: "P2002" })],
  ["a fetch that failed elsewhere", new TypeError("fetch failed", { cause: coded("ECONNREFUSED") })],
  ["a bug", new TypeError("x is not a function")],
  ["a word", "ECONNREFUSED"],
])("%s is none", (_name, error) => {
  expect(outageOf(error)).toBeUndefined();
});
