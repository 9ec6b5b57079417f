/** Discovery without a token, and tokens as passwords: where a directory allows it, and nowhere else. CWE-287, CWE-770. */

import { send, startScim, type TestDirectory, type TestScim } from "@sallyport/scim/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const DISCOVERY = [
  "/ServiceProviderConfig",
  "/ResourceTypes",
  "/ResourceTypes/User",
  "/Schemas",
  "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User",
];

let scim: TestScim;
let open: TestDirectory;
let closed: TestDirectory;
beforeAll(async () => {
  scim = await startScim({ rateLimit: { perSecond: 1000, burst: 1000 } });
  open = await scim.addDirectory("generic", {
    settings: { publicDiscovery: true, basicAuthentication: true },
  });
  closed = await scim.addDirectory("generic");
});
afterAll(() => scim.stop());

const get = (url: string, authorization?: string, method = "GET") =>
  fetch(url, { method, headers: authorization === undefined ? {} : { authorization } });
const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
const update = (directory: TestDirectory, data: object) =>
  scim.database.prisma.directory.update({ where: { id: directory.id }, data });

describe("discovery documents", () => {
  it.each(DISCOVERY)("%s: without a token where the directory allows it, and as with one", async (path) => {
    const response = await get(open.url + path);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual((await send(open, "GET", path)).body);
    expect((await get(closed.url + path)).status).toBe(401);
    expect((await get(open.url + path, "Bearer wrong")).status).toBe(401);
    expect((await get(open.url + path, undefined, "POST")).status).toBe(401);
  });

  it("alone: no resource, no search, and no other directory", async () => {
    for (const path of ["/Users", "/Groups", "/Users/x", "/Me", "/Bulk", "/.search"]) {
      expect([path, (await get(open.url + path)).status]).toEqual([path, 401]);
    }
    const unknown = [crypto.randomUUID(), "none", "%00"];
    const answers = await Promise.all(unknown.map((id) => get(`${scim.url}/scim/v2/${id}/Schemas`)));
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect((await get(`${open.url}/Schemas/urn:none`)).status).toBe(404);
  });

  it("end with the directory, and with the permission", async () => {
    const directory = await scim.addDirectory("generic", { settings: { publicDiscovery: true } });
    const status = async () => (await get(`${directory.url}/Schemas`)).status;
    expect(await status()).toBe(200);
    await update(directory, { status: "disabled" });
    expect(await status()).toBe(401);
    await update(directory, { status: "active", settings: {} });
    expect(await status()).toBe(401);
    await update(directory, { settings: { publicDiscovery: true }, deletedAt: new Date() });
    expect(await status()).toBe(401);
  });

  it("leave no row in the directory's log, and use up none of its limit", async () => {
    const limited = await startScim({ rateLimit: { perSecond: 1, burst: 2 } });
    const settings = { publicDiscovery: true, rateLimit: { perSecond: 1, burst: 1 } };
    const directory = await limited.addDirectory("generic", { settings });
    const statuses: number[] = [];
    for (let round = 0; round < 60; round += 1) {
      statuses.push((await get(`${directory.url}/Schemas`)).status);
    }
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    expect((await send(directory, "GET", "/Users")).status).toBe(200);
    await limited.flush();
    expect(await limited.database.prisma.scimRequest.count({ where: { directoryId: directory.id } })).toBe(1);
    await limited.stop();
  });
});

describe("a token as the password of HTTP Basic", () => {
  it("opens its directory where that allows it, whatever the user's name", async () => {
    for (const user of ["token", "scim@acme.example", "x"]) {
      expect((await get(`${open.url}/Users`, basic(user, open.token))).status).toBe(200);
    }
    const { body } = await send(open, "GET", "/ServiceProviderConfig");
    expect(body.authenticationSchemes.map(({ type }: { type: string }) => type)).toContain("httpbasic");
  });

  it("opens nothing elsewhere, also where the token was just used as a bearer token", async () => {
    expect((await send(closed, "GET", "/Users")).status).toBe(200);
    const refused = await get(`${closed.url}/Users`, basic("token", closed.token));
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({
      detail: expect.stringContaining("does not take HTTP Basic"),
    });
    expect((await get(`${closed.url}/Users`, basic("token", open.token))).status).toBe(404);
    const { body } = await send(closed, "GET", "/ServiceProviderConfig");
    expect(body.authenticationSchemes.map(({ type }: { type: string }) => type)).not.toContain("httpbasic");
  });

  it("is not opened by what is no token, nor by the token as the user", async () => {
    const wrong = [basic("x", "wrong"), basic(open.token, "x"), basic(open.token, ""), "Basic", "Basic !!"];
    for (const authorization of wrong) {
      expect((await get(`${open.url}/Users`, authorization)).status).toBe(401);
    }
  });

  it("is never asked for, so that no browser remembers it", async () => {
    for (const authorization of [undefined, basic("x", "wrong")]) {
      const { headers } = await get(`${open.url}/Users`, authorization);
      expect(headers.get("www-authenticate")).toMatch(/^Bearer /);
    }
  });

  it("ends with the permission, at once", async () => {
    const directory = await scim.addDirectory("generic", { settings: { basicAuthentication: true } });
    const status = async () => (await get(`${directory.url}/Users`, basic("t", directory.token))).status;
    expect(await status()).toBe(200);
    expect(await status()).toBe(200);
    await update(directory, { settings: {} });
    expect(await status()).toBe(401);
  });
});
