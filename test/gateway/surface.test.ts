import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

const get = (path: string, headers: Record<string, string> = {}) => fetch(gateway.url + path, { headers });

describe("every answer", () => {
  it("carries a request id and the security headers, and does not say what it runs on", async () => {
    const { headers } = await get("/nowhere");
    expect(headers.get("x-request-id")).toMatch(/^[\w-]{36}$/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(headers.get("strict-transport-security")).toBeNull(); // plain http, on localhost
    expect(headers.get("x-powered-by")).toBeNull();
  });

  it.each(["chosen-by-a-stranger", "id with spaces"])("has an id of our own, not %j", async (id) => {
    expect((await get("/nowhere", { "x-request-id": id })).headers.get("x-request-id")).toMatch(
      /^[\da-f-]{36}$/,
    );
  });

  it("is a problem where nothing is", async () => {
    const response = await get("/nowhere");
    expect(response.status).toBe(404);
    expect(response.headers.get("content-type")).toMatch(/^application\/problem\+json/);
    expect(await response.json()).toMatchObject({ status: 404, code: "route_not_found" });
  });

  it.each(["/%", "/%E0%A4%A", "/api/v1/organizations/%FF", "/scim/v2/%"])(
    "is a 4xx where the path is malformed: %s",
    async (path) => {
      const { status } = await get(path);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    },
  );
});

describe("probes and metrics", () => {
  it("is alive and ready", async () => {
    expect(await (await get("/healthz")).json()).toEqual({ status: "ok" });
    const ready = await get("/readyz");
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({ status: "ready", checks: { database: "ok", queue: "ok" } });
  });

  it("counts requests by route pattern, never by path", async () => {
    const id = "0198f2a0-0000-7000-8000-000000000000";
    await get(`/scim/v2/${id}/Users`);
    await get(`/api/v1/organizations/${id}/members`);
    await get("/somewhere/nobody/mounted/anything");
    const text = await (await get("/metrics")).text();
    expect(text).not.toContain(id);
    expect(text).not.toContain("nobody");
    expect(text).toMatch(
      /sallyport_http_request_duration_seconds_count\{method="GET",route="unmatched",status="404"\} \d/,
    );
  });

  it("shows queues, pool, reconciler lag and the process", async () => {
    const response = await get("/metrics");
    expect(response.headers.get("content-type")).toMatch(/^text\/plain/);
    const text = await response.text();
    for (const line of [
      'sallyport_queue_jobs{queue="reconcile",state="waiting"} 0',
      'sallyport_database_pool_connections{state="awaited"} 0',
      "sallyport_reconciler_dirty_rows 0",
      "sallyport_reconciler_lag_seconds 0",
    ]) {
      expect(text).toContain(line);
    }
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
    expect(text).toMatch(/^process_resident_memory_bytes /m);
  });
});

describe("METRICS_TOKEN", () => {
  it("closes /metrics to everyone else", async () => {
    const token = "metrics-token-of-the-test";
    const guarded = await startTestGateway({ roles: [], env: { METRICS_TOKEN: token } });
    const ask = (authorization?: string) =>
      fetch(`${guarded.url}/metrics`, { headers: authorization === undefined ? {} : { authorization } });
    expect((await ask()).status).toBe(401);
    expect((await ask(`Bearer ${token}x`)).status).toBe(401);
    expect((await ask(`Basic ${token}`)).status).toBe(401);
    expect((await ask(`Bearer ${token}`)).status).toBe(200);
    await guarded.stop();
  });
});
