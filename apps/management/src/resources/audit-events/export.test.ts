import { once } from "node:events";
import { request } from "node:http";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { newId } from "@sallyport/database";
import { countHistory } from "@sallyport/events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startApi, type TestApi } from "../../testing/api.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { csvLine } from "./export-formats.ts";

let api: TestApi;
let acme: World;
const big = { slug: "big", id: newId() };
const EVENTS = 200_000;

beforeAll(async () => {
  api = await startApi();
  acme = await createWorld(api, "acme");
  const { sql } = api.deps.database;
  await sql.query("INSERT INTO organizations (id, slug, name, updated_at) VALUES ($1, $2, 'Big', now())", [
    big.id,
    big.slug,
  ]);
  // Several at once, so that pages end between events of one time.
  await sql.query(
    `INSERT INTO events (id, organization_id, type, actor_type, actor_id, resource_type, resource_id, after, data, created_at)
     SELECT gen_random_uuid(), $1, CASE n % 4 WHEN 0 THEN 'membership.created' ELSE 'sign_in.succeeded' END, 'system', NULL,
       'membership', n::text, jsonb_build_object('name', '=cmd|" /C calc"!A' || n, 'note', repeat('x', 300)), '{}',
       '2026-01-01'::timestamptz + (n / 7) * interval '1 second'
     FROM generate_series(1, $2) n`,
    [big.id, EVENTS],
  );
  await sql.query("ANALYZE events");
}, 120_000);
afterAll(() => api.close());

const address = (path: string, query: Record<string, string> = {}) =>
  `${api.url}/v1${path}/audit-events/export?${new URLSearchParams(query)}`;
const get = (path: string, query: Record<string, string> = {}, key = api.rootKey) =>
  fetch(address(path, query), { headers: { authorization: `Bearer ${key}` } });
const linesOf = async (response: Response) => (await response.text()).trimEnd().split("\n");
const idOf = (line: string | undefined): string => JSON.parse(line ?? "").id;

describe("an export", () => {
  it("holds every event once, the newest first, says how many first and last, and is never in memory", async () => {
    setFlagsFromString("--expose-gc");
    const collect: () => void = runInNewContext("gc");
    const response = await get("/organizations/big");
    expect(response.headers.get("sallyport-event-count")).toBe(String(EVENTS));
    expect(response.headers.get("content-type")).toBe("application/x-ndjson");
    const ids = new Set<string>();
    let [rest, times, bytes, end] = ["", "9999", 0, ""];
    let peak = 0;
    collect();
    const before = process.memoryUsage();
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      bytes += chunk.length;
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const event = JSON.parse(line);
        if (event.end !== undefined) {
          end = line;
          continue;
        }
        expect(event.createdAt <= times).toBe(true);
        times = event.createdAt;
        ids.add(event.id);
      }
      if (ids.size % 20_000 < 100) {
        collect();
        const { heapUsed, external } = process.memoryUsage();
        peak = Math.max(peak, heapUsed + external - before.heapUsed - before.external);
      }
    }
    expect(ids.size).toBe(EVENTS);
    expect(end).toBe(`{"end":{"events":${EVENTS}}}`);
    expect(bytes).toBeGreaterThan(120_000_000);
    // The ids that the test keeps are 20 MB of it.
    expect(peak).toBeLessThan(60_000_000);
  }, 120_000);

  it("reads no further than the client takes", async () => {
    const { pool } = api.deps.database;
    let statements = 0;
    const count = () => {
      statements += 1;
    };
    pool.on("acquire", count);
    const asked = request(address("/organizations/big"), {
      headers: { authorization: `Bearer ${api.rootKey}` },
    });
    asked.end();
    const [response] = await once(asked, "response");
    response.pause();
    // Until what lies between is full: 8 MB are more than any socket's buffers here.
    let seen = -1;
    await expect
      .poll(
        () => {
          const before = seen;
          seen = statements;
          return before === seen;
        },
        { interval: 500, timeout: 20_000 },
      )
      .toBe(true);
    expect(statements).toBeLessThan(EVENTS / 500 / 4);
    asked.destroy();
    pool.off("acquire", count);
  });

  it("goes on behind an event, and what happens meanwhile is not in it", async () => {
    const all = await linesOf(await get("/organizations/acme"));
    await api.call("createRole", {
      params: { org: "acme" },
      body: { key: "meanwhile", name: "Meanwhile" },
      key: acme.key,
    });
    const rest = await linesOf(await get("/organizations/acme", { after: idOf(all[2]) }));
    expect(rest.slice(0, -1)).toEqual(all.slice(3, -1));
    expect(rest.at(-1)).toBe(`{"end":{"events":${all.length - 4}}}`);
    const csv = await linesOf(await get("/organizations/acme", { after: idOf(all[2]), format: "csv" }));
    expect(csv.length).toBe(all.length - 3);
    expect(csv[0]).not.toContain("sequence");
  });

  it("goes on behind no event of others", async () => {
    const all = await linesOf(await get("/organizations/acme"));
    for (const [path, after] of [
      ["/organizations/big", idOf(all[0])],
      ["", idOf(all[0])],
      ["/organizations/acme", newId()],
    ] as const) {
      const reply = await get(path, { after });
      expect([reply.status, await reply.json()]).toMatchObject([404, { code: "audit_event_not_found" }]);
    }
  });

  it("is filtered, and ends with a row as wide as the others in CSV", async () => {
    const response = await get("/organizations/acme", { format: "csv", type: "role.created" });
    expect(response.headers.get("sallyport-event-count")).toBe("4");
    expect(response.headers.get("content-disposition")).toContain("audit-events.csv");
    const lines = (await response.text()).split("\r\n");
    expect(lines).toHaveLength(7);
    expect(lines[0]).toMatch(/^time,sequence,type,.*,id$/);
    expect(lines[1]).toContain(",role.created,");
    expect(lines[5]).toBe(`# end: 4 events${",".repeat((lines[0] ?? "").split(",").length - 1)}`);
  });

  it("makes text of what a spreadsheet would calculate", async () => {
    const line = (await linesOf(await get("/organizations/acme", { format: "csv" })))[1] ?? "";
    expect(line.split(",").filter((cell) => /^"?[=+\-@]/.test(cell))).toEqual([]);
    const { sql } = api.deps.database;
    await sql.query("UPDATE events SET request_id = '=HYPERLINK(1)' WHERE id = $1", [
      idOf((await linesOf(await get("/organizations/acme")))[0]),
    ]);
    expect((await linesOf(await get("/organizations/acme", { format: "csv" })))[1]).toContain(
      ",'=HYPERLINK(1),",
    );
  });

  it("breaks the connection, in place of an end that looks whole, when access ends or the database fails", async () => {
    const reads = async (spoil: () => Promise<unknown>, key?: string) => {
      const response = await get("/organizations/big", {}, key);
      const reader = response.body?.getReader();
      await reader?.read();
      await spoil();
      let [text, broken] = ["", false];
      const decoder = new TextDecoder();
      try {
        for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
          text = (text + decoder.decode(part.value)).slice(-200);
        }
      } catch {
        broken = true;
      }
      expect([broken, text.includes('"end"')]).toEqual([true, false]);
    };
    const { sql, prisma } = api.deps.database;
    const key = await api.call("createApiKey", {
      body: { name: "Export", organization: "big", permissions: ["audit_events.read"] },
    });
    const made = key.body as { id: string; key: string };
    await reads(async () => {
      await prisma.apiKey.update({ where: { id: made.id }, data: { revokedAt: new Date() } });
      api.clock.now = new Date(api.clock.now.getTime() + 60_000);
    }, made.key);
    await reads(() => sql.query("ALTER TABLE outbox RENAME TO outbox_gone"));
    await sql.query("ALTER TABLE outbox_gone RENAME TO outbox");
    expect((await linesOf(await get("/organizations/acme"))).at(-1)).toContain('"end"');
  });

  it("is estimated where it is too much to be counted", async () => {
    const { database } = api.deps;
    const slow = {
      ...database,
      transaction: () => Promise.reject(Object.assign(new Error("timeout"), { code: "57014" })),
    };
    const { count, isEstimate } = await countHistory(slow, big.id, { type: "membership.created" });
    expect(isEstimate).toBe(true);
    expect(count).toBeGreaterThan(EVENTS / 8);
    expect(count).toBeLessThan(EVENTS / 2);
  });

  it("is one of ten of an organization at a time", async () => {
    const open = await Promise.all(Array.from({ length: 10 }, () => get("/organizations/big")));
    const refused = await get("/organizations/big");
    expect([refused.status, await refused.json()]).toMatchObject([429, { code: "streams_too_many" }]);
    await Promise.all(open.map((response) => response.body?.cancel()));
    await expect.poll(async () => (await get("/organizations/big", { type: "none" })).status).toBe(200);
  });
});

it.each([
  ["=1+1", "'=1+1"],
  ["+49 30", "'+49 30"],
  ["-1", "'-1"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["＝1+1", "'＝1+1"],
  ["\tx", "'\tx"],
  ['=A1,"x"', `"'=A1,""x"""`],
  ["a\r\nb", '"a\r\nb"'],
  ["plain", "plain"],
  [null, ""],
])("writes %j so that a spreadsheet takes it for text", (value, cell) => {
  expect(csvLine([value, "end"])).toBe(`${cell},end\r\n`);
});
