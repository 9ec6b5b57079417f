import type { AddressInfo } from "node:net";
import express from "express";
import { describe, expect, it } from "vitest";
import { createHealth, type HealthDeps, NotReady } from "./health.ts";

async function ask(path: string, deps: HealthDeps): Promise<{ status: number; body: unknown }> {
  const server = express().use(createHealth(deps)).listen(0, "127.0.0.1");
  try {
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: response.status, body: await response.json() };
  } finally {
    server.close();
  }
}

const fine = async () => undefined;

describe("/readyz", () => {
  it("is ready when every check passes", async () => {
    expect(await ask("/readyz", { checks: { a: fine, b: fine }, isStopping: () => false })).toEqual({
      status: 200,
      body: { status: "ready", checks: { a: "ok", b: "ok" } },
    });
  });

  it("says what is not ready, and shows no error that was not meant to be shown", async () => {
    const checks = {
      a: fine,
      b: () => Promise.reject(new NotReady("2 migrations not applied")),
      c: () => Promise.reject(new Error("connect ECONNREFUSED db.internal:5432")),
    };
    expect(await ask("/readyz", { checks, isStopping: () => false })).toEqual({
      status: 503,
      body: {
        status: "not ready",
        checks: { a: "ok", b: "2 migrations not applied", c: "not reachable" },
      },
    });
  });

  it("does not wait for what hangs", async () => {
    const checks = { a: () => new Promise<never>(() => undefined) };
    expect(await ask("/readyz", { checks, isStopping: () => false })).toMatchObject({
      status: 503,
      body: { checks: { a: "no answer within 2 s" } },
    });
  });

  it("is not ready once it stops; it is alive all the same", async () => {
    const deps = { checks: { a: fine }, isStopping: () => true };
    expect(await ask("/readyz", deps)).toEqual({ status: 503, body: { status: "stopping", checks: {} } });
    expect(await ask("/healthz", deps)).toEqual({ status: 200, body: { status: "ok" } });
  });
});
