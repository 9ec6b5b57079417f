/** What large bodies could do to the memory of the process: CWE-770, CWE-400. */

import { once } from "node:events";
import { type ClientRequest, request } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { send, startScim, type TestDirectory, type TestScim } from "../testing/scim-server.ts";

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";

let scim: TestScim;
let directory: TestDirectory;
beforeAll(async () => {
  scim = await startScim();
  directory = await scim.addDirectory("generic");
});
afterAll(() => scim.stop());

it.each([
  ["objects", "{}"],
  ["lists", "[]"],
  ["numbers", "1"],
])("refuses 10 MB of tiny %s before they are made", async (_name, value) => {
  const members = Array(Math.floor(10_000_000 / (value.length + 1))).fill(value);
  const body = `{"schemas":["${GROUP}"],"displayName":"x","members":[${members}]}`;
  const answer = await send(directory, "POST", "/Groups", body);
  expect([answer.status, answer.body.detail]).toEqual([413, expect.stringContaining("500000 values")]);
});

/** A request that has announced a large body, which the server has seen, and holds it back. */
async function announce(at: TestDirectory, userName: string) {
  const body = JSON.stringify({
    schemas: [USER],
    userName,
    title: "x".repeat(50_000),
    nickName: "y".repeat(60_000),
  });
  const headers = {
    authorization: `Bearer ${at.token}`,
    "content-type": "application/scim+json",
    "content-length": body.length,
    expect: "100-continue",
  };
  const sending: ClientRequest = request(`${at.url}/Users`, { method: "POST", headers });
  const status = new Promise<number | string>((resolve) => {
    sending.on("error", () => resolve("gone"));
    sending.on("response", (answer) => {
      text(answer).then(
        () => resolve(answer.statusCode ?? 0),
        () => resolve("gone"),
      );
    });
  });
  sending.flushHeaders();
  await once(sending, "continue");
  return { sending, status, finish: () => sending.end(body) };
}

/** One after the other. */
async function announceEach(...userNames: readonly string[]) {
  const announced = [];
  for (const userName of userNames) {
    announced.push(await announce(directory, userName));
  }
  return announced;
}

it("takes two large bodies of a directory at a time, and small ones meanwhile", async () => {
  const slow = await announceEach("a", "b", "c", "d");
  const small = await send(directory, "POST", "/Users", { schemas: [USER], userName: "small" });
  expect(small.status).toBe(201);
  const elsewhere = await announce(await scim.addDirectory("generic"), "e");
  elsewhere.finish();
  expect(await elsewhere.status, "another directory waits for none of them").toBe(201);

  slow[3]?.finish();
  slow[2]?.finish();
  const first = await Promise.race([slow[2]?.status, slow[3]?.status, soon("waiting")]);
  expect(first, "two others hold the lanes").toBe("waiting");
  slow[0]?.finish();
  slow[1]?.finish();
  expect(await Promise.all(slow.map(({ status }) => status))).toEqual([201, 201, 201, 201]);
});

it("is not held up by who goes away while it waits, or while it sends", async () => {
  const requests = await announceEach("f", "g", "h", "i");
  requests[3]?.sending.destroy(); // waits
  requests[0]?.sending.destroy(); // sends
  requests[1]?.sending.destroy();
  const last = await announce(directory, "j");
  last.finish();
  requests[2]?.finish();
  expect(await Promise.all([...requests, last].map(({ status }) => status))).toEqual([
    "gone",
    "gone",
    201,
    "gone",
    201,
  ]);
});

const soon = <Value>(value: Value) => new Promise<Value>((resolve) => setTimeout(() => resolve(value), 100));
