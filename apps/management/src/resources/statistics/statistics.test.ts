import { newId } from "@sallyport/database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startApi, type TestApi } from "../../testing/api.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { statistics } from "./schema.ts";

const HOUR = 3_600_000;
const START = Date.UTC(2030, 0, 15, 10);

let api: TestApi;
let acme: World;
let bravo: World;
beforeAll(async () => {
  api = await startApi();
  acme = await createWorld(api, "acme");
  bravo = await createWorld(api, "bravo");
});
afterAll(() => api.close());

async function insertLogins(
  world: World,
  at: number,
  outcome: string,
  count: number,
  errorCode: string | null = null,
) {
  const { organizationId, connectionId } = world;
  await api.deps.database.prisma.loginRecord.createMany({
    data: Array.from({ length: count }, () => ({
      ...{ id: newId(), organizationId, connectionId, requestId: newId(), outcome, errorCode, steps: [] },
      createdAt: new Date(at),
    })),
  });
}

async function insertRequests(world: World, at: number, method: string, status: number, count: number) {
  const { organizationId, directoryId } = world;
  await api.deps.database.prisma.scimRequest.createMany({
    data: Array.from({ length: count }, () => ({
      ...{ id: newId(), organizationId, directoryId, requestId: newId(), method, status },
      ...{ path: "/Users", latencyMs: 1, createdAt: new Date(at) },
    })),
  });
}

const read = async (query: Record<string, string>) =>
  (await api.call("getOrganizationStatistics", { params: { org: "acme" }, query })).as(statistics);
const at = (hours: number) => new Date(START + hours * HOUR).toISOString();

describe("statistics", () => {
  it("count logins and pushes by the hour, of this organization alone", async () => {
    await insertLogins(acme, START, "success", 3);
    await insertLogins(acme, START + HOUR - 1, "failure", 2, "audience_mismatch");
    await insertLogins(acme, START + HOUR, "failure", 1, "signature_invalid");
    await insertLogins(acme, START + 2 * HOUR, "success", 9); // `to`: not any more
    await insertLogins(bravo, START, "success", 5);
    await insertRequests(acme, START, "POST", 201, 4);
    await insertRequests(acme, START, "PATCH", 404, 2);
    await insertRequests(acme, START, "PUT", 503, 1);
    await insertRequests(acme, START, "GET", 200, 7);
    await insertRequests(bravo, START, "POST", 201, 6);
    const found = await read({ from: new Date(START + 1_000).toISOString(), to: at(2) });
    expect(found).toEqual({
      from: at(0),
      to: at(2),
      logins: [
        { hour: at(0), outcome: "failure", cause: "audience_mismatch", count: 2 },
        { hour: at(0), outcome: "success", cause: null, count: 3 },
        { hour: at(1), outcome: "failure", cause: "signature_invalid", count: 1 },
      ],
      pushes: [
        { hour: at(0), outcome: "failure", count: 1 },
        { hour: at(0), outcome: "refused", count: 2 },
        { hour: at(0), outcome: "success", count: 4 },
      ],
    });
  });

  it("are of the last day unless somebody asks for more, and for no more than a month", async () => {
    const { from, to } = await read({});
    expect(Date.parse(to)).toBe(api.clock.now.getTime());
    expect(Date.parse(to) - Date.parse(from)).toBeLessThan(25 * HOUR);
    for (const query of [
      { from: at(1), to: at(0) },
      { from: at(0), to: at(24 * 32) },
    ]) {
      const reply = await api.call("getOrganizationStatistics", { params: { org: "acme" }, query });
      expect(reply.outcome).toEqual([400, "period_invalid"]);
    }
  });

  it("read no row for it, however many there are", async () => {
    const { sql } = api.deps.database;
    await sql.query("VACUUM login_records");
    const { rows } = await sql.query<{ "QUERY PLAN": string }>(
      `EXPLAIN SELECT outcome, error_code, count(*) FROM login_records
       WHERE connection_id = '${acme.connectionId}' AND created_at >= '2030-01-15' AND created_at < '2030-01-16'
       GROUP BY 1, 2`,
    );
    expect(rows.map((row) => row["QUERY PLAN"]).join("\n")).toContain("Index Only Scan");
  });
});
