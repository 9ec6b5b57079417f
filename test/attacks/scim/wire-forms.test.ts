/**
 * The same requests as other clients write them, on the wire: nobody is locked out over a slash or a header, and no
 * parameter that is written otherwise answers with everybody. CWE-409, CWE-400.
 */

import { request as httpRequest } from "node:http";
import { gzipSync } from "node:zlib";
import { send, startScim, type TestDirectory, type TestScim } from "@sallyport/scim/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

let scim: TestScim;
let directory: TestDirectory;
let id: string;
beforeAll(async () => {
  scim = await startScim();
  directory = await scim.addDirectory("strict");
  id = (await send(directory, "POST", "/Users", { schemas: [USER], userName: "ada" })).body.id;
  await send(directory, "POST", "/Users", { schemas: [USER], userName: "bob" });
});
afterAll(() => scim.stop());

describe("a path", () => {
  const PATHS: [name: string, path: () => string][] = [
    ["two slashes", () => `${directory.url}//Users//${id}`],
    ["two slashes before the directory", () => `${directory.url.replace("/v2/", "/v2//")}/Users/${id}`],
    ["lower case", () => `${directory.url}/users/${id}`],
    ["a slash at its end", () => `${directory.url}/Users/${id}/`],
    [
      "upper case of the directory",
      () => `${directory.url.replace(directory.id, directory.id.toUpperCase())}/Users/${id}`,
    ],
  ];
  it.each(PATHS)("with %s is found", async (_name, path) => {
    const response = await fetch(path(), { headers: { authorization: `Bearer ${directory.token}` } });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ userName: "ada" });
  });

  it.each(PATHS)("with %s still needs the token of that directory", async (_name, path) => {
    const other = await scim.addDirectory("strict");
    for (const headers of [{}, { authorization: `Bearer ${other.token}` }]) {
      expect([401, 404]).toContain((await fetch(path(), { headers })).status);
    }
  });

  it("that is none stays 404", async () => {
    for (const path of ["/Users/x/y", "/User", "/Users.json", `/Users%2F${id}`]) {
      expect((await send(directory, "GET", path)).status).toBe(404);
    }
  });
});

describe("a parameter", () => {
  const names = async (query: string) => {
    const { status, body } = await send(directory, "GET", `/Users?${query}`);
    return status === 200 ? body.Resources.map((user: { userName: string }) => user.userName) : status;
  };

  it.each([
    "filter=",
    "filter= ",
    "startIndex=",
    "count=",
    "sortBy=",
    "sortOrder=",
    "attributes=",
    "excludedAttributes=",
  ])("that is blank is absent: %s", async (query) => {
    expect(await names(query)).toEqual(["ada", "bob"]);
  });

  it.each(["Filter", "FILTER", "filter"])("is one in any case, and never everybody: %s", async (name) => {
    expect(await names(`${name}=userName eq "bob"`)).toEqual(["bob"]);
    expect(await names(`${name}=userName eq`)).toBe(400);
    expect((await send(directory, "GET", `/Schemas?${name}=x eq "y"`)).status).toBe(403);
  });

  it("pages in any case, and a blank cursor beside an index is absent", async () => {
    expect(await names("STARTINDEX=2&Count=1")).toEqual(["bob"]);
    expect(await names("cursor=&startIndex=2")).toEqual(["bob"]);
    expect(await names("sortby=userName&sortorder=descending")).toEqual(["bob", "ada"]);
  });

  it("that is sent twice with other values is refused", async () => {
    expect(await names('filter=userName eq "ada"&Filter=userName eq "bob"')).toBe(400);
    expect(await names('filter=userName eq "ada"&filter=userName eq "ada"')).toEqual(["ada"]);
  });

  it("may be blank in a search, or a number in a string", async () => {
    const blank = { schemas: [SEARCH], filter: "", sortBy: "", startIndex: "2", count: "" };
    expect((await send(directory, "POST", "/Users/.search", blank)).body.Resources).toMatchObject([
      { userName: "bob" },
    ]);
  });
});

describe("a body", () => {
  let count = 0;
  const newUser = () => {
    count += 1;
    return JSON.stringify({ schemas: [USER], userName: `wire-${count}` });
  };
  const post = (body: string | Uint8Array, headers: Record<string, string>, path = "/Users") =>
    fetch(directory.url + path, {
      method: "POST",
      headers: { authorization: `Bearer ${directory.token}`, ...headers },
      // Bytes: a text would be given a content type.
      body: typeof body === "string" ? new TextEncoder().encode(body) : new Uint8Array(body),
    });
  const JSON_TYPE = { "content-type": "application/scim+json" };

  it.each<[name: string, headers: Record<string, string>, body: () => string | Uint8Array]>([
    ["without a content type", {}, newUser],
    ["of text/json", { "content-type": "text/json" }, newUser],
    ["with a byte order mark", JSON_TYPE, () => `\uFEFF${newUser()}`],
    ["in gzip", { ...JSON_TYPE, "content-encoding": "gzip" }, () => gzipSync(newUser())],
    [
      "in x-gzip, with a byte order mark",
      { ...JSON_TYPE, "content-encoding": "X-GZIP" },
      () => gzipSync(`\uFEFF${newUser()}`),
    ],
    ["that says it is not packed", { ...JSON_TYPE, "content-encoding": "identity" }, newUser],
  ])("%s is taken", async (_name, headers, body) => {
    const response = await post(body(), headers);
    expect([response.status, await response.text()]).toEqual([201, expect.stringContaining("wire-")]);
  });

  it.each<[name: string, headers: Record<string, string>, body: () => string | Uint8Array, status: number]>([
    ["of a form", { "content-type": "application/x-www-form-urlencoded" }, newUser, 415],
    ["of plain text", { "content-type": "text/plain" }, newUser, 415],
    ["in UTF-16", { "content-type": "application/json; charset=utf-16" }, newUser, 415],
    ["in Brotli", { ...JSON_TYPE, "content-encoding": "br" }, newUser, 415],
    [
      "packed twice",
      { ...JSON_TYPE, "content-encoding": "gzip, gzip" },
      () => gzipSync(gzipSync(newUser())),
      415,
    ],
    ["that is no gzip", { ...JSON_TYPE, "content-encoding": "gzip" }, newUser, 400],
    [
      "cut short in gzip",
      { ...JSON_TYPE, "content-encoding": "gzip" },
      () => gzipSync(newUser()).subarray(0, 30),
      400,
    ],
    [
      "of 100 MB in gzip of 100 kB",
      { ...JSON_TYPE, "content-encoding": "gzip" },
      () => gzipSync(Buffer.alloc(100_000_000, " ")),
      413,
    ],
    ["of two marks", JSON_TYPE, () => `\uFEFF\uFEFF${newUser()}`, 400],
  ])("%s is refused, with a SCIM error", async (_name, headers, body, status) => {
    const response = await post(body(), headers);
    expect([response.status, await response.json()]).toEqual([
      status,
      expect.objectContaining({ status: String(status) }),
    ]);
  });

  it("that is too large always gets its 413, streamed by fetch", async () => {
    const statuses: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => {
          for (let piece = 0; piece < 60; piece += 1) {
            controller.enqueue(new Uint8Array(65_536).fill(0x20));
          }
          controller.close();
        },
      });
      const init = { method: "POST", body, duplex: "half" } as const;
      const headers = { authorization: `Bearer ${directory.token}`, ...JSON_TYPE };
      const response = await fetch(`${directory.url}/Users`, { ...init, headers });
      statuses.push(response.status);
      await response.text();
    }
    expect(statuses).toEqual(statuses.map(() => 413));
  });

  it.each([
    ["announced", { "content-length": String(4 * 1024 * 1024) }],
    ["in chunks", { "transfer-encoding": "chunked" }],
  ])(
    "that is too large gets its 413 where the client reads only once all is sent: %s",
    async (_name, length) => {
      const { hostname, port, pathname } = new URL(`${directory.url}/Users`);
      const headers = { authorization: `Bearer ${directory.token}`, ...JSON_TYPE, ...length };
      for (let round = 0; round < 5; round += 1) {
        const status = await new Promise<number | undefined>((resolve, reject) => {
          const request = httpRequest(
            { hostname, port, path: pathname, method: "POST", headers },
            (response) => {
              response.resume();
              response.on("end", () => resolve(response.statusCode));
            },
          );
          request.on("error", reject);
          const writeFrom = (sent: number): void => {
            if (sent === 4) {
              request.end();
            } else {
              request.write(Buffer.alloc(1024 * 1024, " "), () => writeFrom(sent + 1));
            }
          };
          writeFrom(0);
        });
        expect(status).toBe(413);
      }
    },
  );

  it("that never ends is cut off", async () => {
    const { hostname, port, pathname } = new URL(`${directory.url}/Users`);
    const headers = {
      authorization: `Bearer ${directory.token}`,
      ...JSON_TYPE,
      "transfer-encoding": "chunked",
    };
    let sent = 0;
    await new Promise<void>((resolve) => {
      const request = httpRequest({ hostname, port, path: pathname, method: "POST", headers }, (response) =>
        response.resume(),
      );
      request.on("error", () => undefined);
      request.on("close", () => resolve());
      const piece = Buffer.alloc(1024 * 1024, " ");
      const write = (): void => {
        sent += 1;
        request.write(piece, (error) => (error ? undefined : write()));
      };
      write();
    });
    expect(sent).toBeGreaterThan(30);
    expect(sent).toBeLessThan(80);
  });
});
