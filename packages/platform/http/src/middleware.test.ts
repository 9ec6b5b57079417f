import type { AddressInfo } from "node:net";
import { createLogger } from "@sallyport/logging";
import express, { type Express } from "express";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { handleProblems, logRequests, notFound } from "./middleware.ts";
import { parseInput } from "./parse.ts";
import { assignRequestId, requestId } from "./request-id.ts";

const lines: string[] = [];
const log = createLogger({ destination: { write: (line) => lines.push(line) } });
let stop: () => Promise<void> = async () => undefined;

afterEach(async () => {
  await stop();
  lines.length = 0;
});

async function serve(routes: (app: Express) => void): Promise<string> {
  const app = express();
  app.use(assignRequestId(), logRequests(log), express.json({ limit: 100 }));
  routes(app);
  app.use(notFound(), handleProblems(log));
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  stop = () => new Promise((resolve) => server.close(() => resolve()));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const post = (url: string, body: string) =>
  fetch(url, { method: "POST", body, headers: { "content-type": "application/json" } });

describe("request ids", () => {
  const GIVEN = "trace-12345678";
  const ask = async (url: string, given: string) => {
    const answer = await fetch(`${url}/id`, { headers: { "x-request-id": given } });
    const id = await answer.text();
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers.get("x-request-id")).toBe(id);
    await expect.poll(() => lines.join("")).toContain(id);
  };

  it("are our own, whatever a stranger sends", async () => {
    const url = await serve((app) => app.get("/id", (req, res) => res.send(requestId(req))));
    for (const given of [GIVEN, "a b", "x".repeat(65)]) {
      await ask(url, given);
    }
    expect(lines.join("")).not.toContain(GIVEN);
  });

  it.each([
    ["a trusted one", 1, true],
    ["a trusted network", "loopback", true],
    ["one that is not trusted", "10.0.0.0/8", false],
  ])("are our own behind a proxy, too; beside it the log has that of %s", async (_name, trusted, logged) => {
    const url = await serve((app) => {
      app.set("trust proxy", trusted);
      app.get("/id", (req, res) => res.send(requestId(req)));
    });
    await ask(url, GIVEN);
    await ask(url, "a b");
    const told = lines.map((line): unknown => JSON.parse(line).proxyRequestId);
    expect(told).toEqual([logged ? GIVEN : undefined, undefined]);
  });
});

describe("problems", () => {
  it("name each wrong field, for bad input", async () => {
    const schema = z.strictObject({ slug: z.string(), size: z.number() });
    const url = await serve((app) => app.post("/x", (req, res) => res.json(parseInput(schema, req.body))));
    const response = await post(`${url}/x`, '{"slug":1,"size":"2"}');
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toContain("application/problem+json");
    const body = (await response.json()) as { code: string; errors: { field: string }[] };
    expect(body.code).toBe("input_invalid");
    expect(body.errors.map((error) => error.field)).toEqual(["slug", "size"]);
  });

  it.each([
    ["malformed JSON", "{", 400, "body_malformed"],
    ["an oversized body", `"${"x".repeat(200)}"`, 413, "body_too_large"],
  ])("answer %s in their own form", async (_name, body, status, code) => {
    const url = await serve((app) => app.post("/x", (_req, res) => res.end()));
    const response = await post(`${url}/x`, body);
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([status, code]);
  });

  it("hide what was unexpected, and log it under the request's id", async () => {
    const url = await serve((app) =>
      app.get("/x", () => {
        throw new Error("the secret detail");
      }),
    );
    const response = await fetch(`${url}/x`);
    const body = await response.text();
    expect(response.status).toBe(500);
    expect(body).not.toContain("secret detail");
    const id = response.headers.get("x-request-id") ?? "none";
    expect(lines.some((line) => line.includes("the secret detail") && line.includes(id))).toBe(true);
  });

  it("answer unknown paths and broken escapes", async () => {
    const url = await serve((app) => app.get("/things/:id", (_req, res) => res.end()));
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
    expect((await fetch(`${url}/things/%E0%A4%A`)).status).toBe(400);
  });
});

it("logs the route's pattern, never the URL", async () => {
  const url = await serve((app) => app.get("/people/:email", (_req, res) => res.end()));
  await fetch(`${url}/people/ann@acme.com?token=abc`);
  await expect.poll(() => lines.join("")).toContain("/people/:email");
  expect(lines.join("")).not.toMatch(/ann@acme.com|abc/);
});

it("answers a server that is away with 503, and logs a line for all who met it", async () => {
  const url = await serve((app) =>
    app.get("/x", () => {
      throw Object.assign(new Error("connect ECONNREFUSED db.internal:5432"), { code: "ECONNREFUSED" });
    }),
  );
  for (let n = 0; n < 20; n += 1) {
    const response = await fetch(`${url}/x`);
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(response.headers.get("content-type")).toContain("application/problem+json");
    const body = await response.text();
    expect(JSON.parse(body)).toMatchObject({ status: 503, code: "unavailable" });
    expect(body).not.toContain("db.internal");
  }
  expect(lines.length).toBeLessThan(10);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ level: "error", server: "PostgreSQL", kind: "refused" });
});
