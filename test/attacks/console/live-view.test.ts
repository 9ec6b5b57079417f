/**
 * The live view of a directory: a stream that is kept open, and so can be kept open by too many, or by who never reads it.
 * Whoever has a key or a setup link of one organization takes as many as they can, while another one looks at theirs.
 * CWE-400 (uncontrolled resource consumption), CWE-770 (allocation without limits).
 */

import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { startTestGateway, type TestGateway } from "../../harness/gateway.ts";

const withKey = z.object({ key: z.string() });
const directory = z.object({ id: z.string(), token: z.string() });
const problem = z.object({ code: z.string() });

interface Company {
  readonly key: string;
  readonly streamPath: string;
  readonly directoryId: string;
  readonly token: string;
}

let gateway: TestGateway;
let evil: Company;
let victim: Company;
const sockets: Socket[] = [];
beforeAll(async () => {
  gateway = await startTestGateway();
  [evil, victim] = [await newCompany("evil"), await newCompany("victim")];
}, 60_000);
afterAll(async () => {
  for (const socket of sockets) {
    socket.destroy();
  }
  await gateway.stop();
});

async function newCompany(slug: string): Promise<Company> {
  await gateway.api("POST", "/organizations", { slug, name: slug });
  const { key } = withKey.parse(
    (await gateway.api("POST", "/api-keys", { name: slug, organization: slug })).body,
  );
  const made = directory.parse(
    (await gateway.api("POST", `/organizations/${slug}/directories`, { name: "Directory" })).body,
  );
  const streamPath = `/api/v1/organizations/${slug}/directories/${made.id}/scim-requests/stream`;
  return { key, streamPath, directoryId: made.id, token: made.token };
}

/** Opens a stream by hand. Resolves to its status; of the body it reads nothing more. */
function open({ key, streamPath }: Company): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(gateway.port, "localhost");
    sockets.push(socket);
    socket.on("error", reject);
    socket.once("data", (head) => {
      socket.pause();
      resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(head.toString())?.[1]));
    });
    socket.write(`GET ${streamPath} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\n\r\n`);
  });
}

async function push(company: Company, userName: string): Promise<void> {
  const answer = await fetch(`${gateway.url}/scim/v2/${company.directoryId}/Users`, {
    method: "POST",
    headers: { authorization: `Bearer ${company.token}`, "content-type": "application/scim+json" },
    body: JSON.stringify({ schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], userName }),
  });
  expect(answer.status).toBe(201);
}

it("gives one organization ten, refuses the rest, and goes on for others, within a second", async () => {
  const statuses = await Promise.all(Array.from({ length: 60 }, () => open(evil)));
  expect(statuses.filter((status) => status === 200)).toHaveLength(10);
  expect(statuses.filter((status) => status === 429)).toHaveLength(50);

  const reading = new AbortController();
  const live = await fetch(gateway.url + victim.streamPath, {
    headers: { authorization: `Bearer ${victim.key}` },
    signal: reading.signal,
  });
  expect(live.status).toBe(200);
  await push(victim, "ann@victim.example");
  let heard = "";
  for await (const chunk of live.body ?? []) {
    heard += Buffer.from(chunk as Uint8Array).toString();
    if (heard.includes("/Users")) {
      break;
    }
  }
  expect(heard).toContain("/Users");
  reading.abort();
});

it("has a hundred in all, whoever's they are, and answers 503 to one more, as to nobody else", async () => {
  const companies = await Promise.all(Array.from({ length: 10 }, (_, n) => newCompany(`crowd-${n}`)));
  const statuses = (
    await Promise.all(companies.flatMap((company) => Array.from({ length: 10 }, () => open(company))))
  ).toSorted();
  // Ten are evil's: of a hundred others the last ten find no room.
  expect(statuses.filter((status) => status === 200)).toHaveLength(90);
  expect(statuses.filter((status) => status === 503)).toHaveLength(10);
  const refused = await gateway.api("GET", victim.streamPath.slice("/api/v1".length), undefined, victim.key);
  expect([refused.status, problem.parse(refused.body).code]).toEqual([503, "streams_exhausted"]);
  const other = await gateway.api("GET", "/organizations/victim", undefined, victim.key);
  expect(other.status).toBe(200);
});

it("is closed to another organization's key", async () => {
  expect(await open({ ...victim, key: evil.key })).toBe(404);
});

it("makes room again once its clients have gone", async () => {
  for (const socket of sockets.splice(0)) {
    socket.destroy();
  }
  await expect.poll(() => open(victim), { timeout: 10_000 }).toBe(200);
});
