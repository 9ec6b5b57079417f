import type { FollowedConnection } from "@sallyport/connections/idp-metadata";
import {
  addFollowedConnection,
  type FollowingOptions,
  type MetadataServer,
  startMetadataServer,
} from "@sallyport/connections/idp-metadata/testing";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { createLogger } from "@sallyport/logging";
import { createOutbound, type Outbound } from "@sallyport/outbound";
import { createTestIdp } from "@sallyport/saml/testing";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { refreshDueMetadata } from "./refresh-due.ts";

const idp = createTestIdp();
const next = createTestIdp();
const ROLLED = idp.metadata({ certificates: [idp.certificate, next.certificate] });

let test: TestDatabase;
let server: MetadataServer;
let outbound: Outbound;
let logged: string[];
beforeEach(async () => {
  test = await createTestDatabase();
  server = await startMetadataServer(ROLLED);
  outbound = createOutbound({ allow: ["127.0.0.0/8"], timeoutMs: 10_000 });
  logged = [];
});
afterEach(async () => {
  await server.close();
  await outbound.close();
  await test.drop();
});

const follow = (options: Partial<FollowingOptions> = {}) =>
  addFollowedConnection(test.database, {
    ...{ metadata: idp.metadata(), metadataUrl: server.url, ...options },
  });

const refreshDue = (signal = new AbortController().signal, database = test.database) =>
  refreshDueMetadata(
    {
      ...{ database, outbound, now: () => new Date() },
      log: createLogger({ destination: { write: (line) => void logged.push(line) } }),
    },
    signal,
  );

async function certificatesOf({ connectionId }: FollowedConnection): Promise<number | undefined> {
  const { rows } = await test.database.sql.query<{ count: number }>(
    "SELECT jsonb_array_length(settings->'certificates') AS count FROM connections WHERE id = $1",
    [connectionId],
  );
  return rows[0]?.count;
}

it("has every connection follow what is due, however many there are, and leaves the others", async () => {
  const due = await Promise.all(Array.from({ length: 40 }, () => follow()));
  const later = await follow({ dueAt: new Date(Date.now() + 60_000) });
  const disabled = await follow({ status: "disabled" });
  await refreshDue();
  expect(new Set(await Promise.all(due.map(certificatesOf)))).toEqual(new Set([2]));
  expect([await certificatesOf(later), await certificatesOf(disabled)]).toEqual([1, 1]);
  expect(server.requests).toBe(40);
  await refreshDue();
  expect(server.requests).toBe(40); // of the disabled one, too, nothing is due for an hour
});

it("asks each server once, however many processes look", async () => {
  await Promise.all(Array.from({ length: 20 }, () => follow()));
  await Promise.all([refreshDue(), refreshDue(), refreshDue()]);
  expect(server.requests).toBe(20);
});

it("holds nobody up for the sake of one that does not answer", async () => {
  const waiting: (() => void)[] = [];
  const slow = await startMetadataServer((_req, res) => void waiting.push(() => res.end(ROLLED)));
  const stuck = await follow({ metadataUrl: slow.url, dueAt: new Date(0) });
  const others = await Promise.all(Array.from({ length: 40 }, () => follow()));
  const done = refreshDue();
  await vi.waitFor(
    async () => expect(new Set(await Promise.all(others.map(certificatesOf)))).toEqual(new Set([2])),
    { timeout: 15_000 },
  );
  expect(await certificatesOf(stuck)).toBe(1);
  for (const answer of waiting) {
    answer();
  }
  await done;
  expect(await certificatesOf(stuck)).toBe(2);
  await slow.close();
});

it("ends when it is told to, with what is under way", async () => {
  const stopping = new AbortController();
  server.serve((_req, res) => {
    stopping.abort();
    res.end(ROLLED);
  });
  const connections = await Promise.all(Array.from({ length: 40 }, () => follow()));
  await refreshDue(stopping.signal);
  const counts = await Promise.all(connections.map(certificatesOf));
  expect(counts.filter((count) => count === 2)).toHaveLength(16);
  await refreshDue();
  expect(new Set(await Promise.all(connections.map(certificatesOf)))).toEqual(new Set([2]));
});

it("goes on with the others when something unforeseen happens to one, and says so", async () => {
  const broken = await follow({ dueAt: new Date(0) });
  const other = await follow();
  await test.database.sql.query("UPDATE connections SET settings = settings || '{\"odd\":1}' WHERE id = $1", [
    broken.connectionId,
  ]);
  await refreshDue();
  expect(await certificatesOf(other)).toBe(2);
  expect(logged.some((line) => line.includes(broken.connectionId) && line.includes("odd"))).toBe(true);
});
