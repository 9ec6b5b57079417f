import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import express from "express";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pages } from "./pages.ts";

let folder: string;
let close: () => void;
let url: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sallyport-pages-"));
  await mkdir(join(folder, "assets"));
  await writeFile(join(folder, "index.html"), "setup __NONCE__");
  await writeFile(join(folder, "console.html"), "console __NONCE__");
  const app = express();
  app.use((_req, res, next) => {
    res.setHeader("x-frame-options", "DENY");
    next();
  });
  app.use(pages({ setupFrameAncestors: ["https://app.example.com", "https://b.example"] }, folder));
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  close = () => server.close();
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  close();
  await rm(folder, { recursive: true });
});

const get = async (path: string, accept = "text/html") => {
  const response = await fetch(url + path, { headers: { accept } });
  return {
    status: response.status,
    body: await response.text(),
    policy: response.headers.get("content-security-policy") ?? "",
    frames: response.headers.get("x-frame-options"),
    cache: response.headers.get("cache-control"),
  };
};

describe("a page", () => {
  it.each(["/console", "/console/", "/console/organizations/acme", "/console/a/b/c?d"])(
    "of the console is shown at %s, and in no frame",
    async (path) => {
      const page = await get(path);
      expect([page.status, page.frames, page.cache]).toEqual([200, "DENY", "no-store"]);
      expect(page.body).toMatch(/^console [\w-]{22}$/);
      expect(page.policy).toContain("frame-ancestors 'none'");
      expect(page.policy).toContain(`'nonce-${page.body.slice("console ".length)}'`);
      expect(page.policy).not.toContain("unsafe");
    },
  );

  it("of a setup link may be framed by those whom the operator named, and nobody else", async () => {
    const page = await get("/setup/sp_setup_x");
    expect([page.status, page.frames]).toEqual([200, null]);
    expect(page.policy).toContain("frame-ancestors https://app.example.com https://b.example;");
  });

  it("is for whoever takes HTML", async () => {
    expect((await get("/console/x", "application/json")).status).toBe(404);
  });
});
