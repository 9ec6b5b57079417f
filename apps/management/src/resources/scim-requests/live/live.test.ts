import { newId } from "@sallyport/database";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startApi, type TestApi } from "../../../testing/api.ts";
import { createWorld, type World } from "../../../testing/world.ts";

let api: TestApi;
let acme: World;
let bravo: World;
let reading: AbortController;
beforeAll(async () => {
  api = await startApi();
  bravo = await createWorld(api, "bravo");
});
afterAll(() => api.close());
let organizations = 0;
beforeEach(async () => {
  reading = new AbortController();
  acme = await createWorld(api, `acme-${++organizations}`);
  await api.deps.database.prisma.scimRequest.deleteMany();
});
afterEach(() => reading.abort());

interface Asking {
  readonly of?: World;
  readonly key?: string;
  readonly lastId?: string;
  readonly signal?: AbortSignal;
}
const ask = ({ of = acme, key = api.rootKey, lastId, signal = reading.signal }: Asking = {}) =>
  fetch(`${api.url}/v1/organizations/${of.org}/directories/${of.directoryId}/scim-requests/stream`, {
    headers: {
      authorization: `Bearer ${key}`,
      ...(lastId === undefined ? {} : { "last-event-id": lastId }),
    },
    signal,
  });

/** Logs a request as the SCIM service does, and returns its id. */
async function push(path: string, of = acme, ageMs = 0): Promise<string> {
  const { id } = await api.deps.database.prisma.scimRequest.create({
    data: {
      ...{ id: newId(), requestId: newId(), organizationId: of.organizationId, directoryId: of.directoryId },
      ...{ method: "POST", path, status: 201, latencyMs: 1 },
      requestBody: { userName: "ann" },
      createdAt: new Date(Date.now() - ageMs),
    },
  });
  return id;
}

interface Told {
  readonly id: string;
  readonly data: { readonly path: string };
}
/** The events of a stream as they come. */
async function* events(response: Response): AsyncGenerator<Told, undefined> {
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk as Uint8Array).toString();
    for (let at = text.indexOf("\n\n"); at >= 0; at = text.indexOf("\n\n")) {
      const [, id, data] = /^id: (.*)\ndata: (.*)$/.exec(text.slice(0, at)) ?? [];
      text = text.slice(at + 2);
      if (id !== undefined && data !== undefined) {
        yield { id, data: JSON.parse(data) };
      }
    }
  }
  return undefined;
}
async function next(stream: AsyncGenerator<Told, undefined>): Promise<Told> {
  const { value } = await stream.next();
  if (value === undefined) {
    throw new Error("The stream ended");
  }
  return value;
}

describe("a stream of SCIM requests", () => {
  it("begins with the last ones, and tells of others as they come, without their bodies", async () => {
    const first = await push("/Users?first");
    const response = await ask();
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    expect(response.headers.get("cache-control")).toBe("no-store");
    const stream = events(response);
    expect((await next(stream)).id).toBe(first);
    const second = await push("/Users?second");
    expect(await next(stream)).toEqual({
      id: second,
      data: {
        ...{ id: second, method: "POST", path: "/Users?second", status: 201, notes: [] },
        ...{ changed: { users: [], groups: [] }, dryRun: false, createdAt: expect.any(String) },
      },
    });
  });

  it("tells each once, also one that is logged after others that came later", async () => {
    const stream = events(await ask());
    const ids = [await push("/Users?1")];
    expect((await next(stream)).id).toBe(ids[0]);
    ids.push(await push("/Users?slow", acme, 5_000));
    expect((await next(stream)).id).toBe(ids[1]);
    ids.push(await push("/Users?3"));
    expect((await next(stream)).id).toBe(ids[2]);
  });

  it("goes on behind the last event, with all that was missed", async () => {
    const gone = new AbortController();
    const before = events(await ask({ signal: gone.signal }));
    await push("/Users?old", acme, 60_000);
    const seen = await push("/Users?seen");
    // Nothing older than what may come late is looked at again.
    while ((await next(before)).id !== seen) {}
    gone.abort();
    const missed = [];
    for (let n = 0; n < 30; n++) {
      missed.push(await push(`/Users?${n}`));
    }
    const after = events(await ask({ lastId: seen }));
    const told = [await next(after)];
    while (told.at(-1)?.id !== missed.at(-1)) {
      told.push(await next(after));
    }
    expect(told.map(({ id }) => id)).toEqual([seen, ...missed]);
  });

  it("begins anew behind an event that is none of this directory's", async () => {
    const foreign = await push("/Users", bravo);
    const own = await push("/Users?own");
    for (const lastId of [foreign, "x", newId(), "'; --"]) {
      expect((await next(events(await ask({ lastId })))).id).toBe(own);
    }
  });

  it("shows each directory's to its own listeners alone", async () => {
    const [ours, theirs] = [events(await ask({ key: acme.key })), events(await ask({ of: bravo }))];
    const foreign = await push("/Users?bravo", bravo);
    while ((await next(theirs)).id !== foreign) {}
    const own = await push("/Users?acme");
    expect((await next(ours)).id).toBe(own);
  });

  it("is closed to another organization's key", async () => {
    const body = async (response: Response) => [
      response.status,
      ((await response.json()) as { code: string }).code,
    ];
    expect(await body(await ask({ key: bravo.key }))).toEqual([404, "organization_not_found"]);
    expect(await body(await ask({ of: { ...acme, directoryId: bravo.directoryId } }))).toEqual([
      404,
      "directory_not_found",
    ]);
  });

  it("is one of ten of an organization, whose others are left alone; one that ends makes room", async () => {
    const gone = new AbortController();
    await ask({ signal: gone.signal });
    for (let n = 1; n < 10; n++) {
      expect((await ask()).status).toBe(200);
    }
    const refused = await ask();
    expect([refused.status, await refused.json()]).toMatchObject([429, { code: "streams_too_many" }]);
    expect((await ask({ of: bravo })).status).toBe(200);
    gone.abort();
    await expect.poll(async () => (await ask()).status).toBe(200);
  });

  it("ends when the log cannot be read, for the client to connect anew", async () => {
    const stream = events(await ask());
    await api.deps.database.sql.query("ALTER TABLE scim_requests RENAME TO scim_requests_away");
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    await api.deps.database.sql.query("ALTER TABLE scim_requests_away RENAME TO scim_requests");
    const id = await push("/Users?again");
    expect((await next(events(await ask()))).id).toBe(id);
  });

  it("ends when the process stops", async () => {
    const stream = events(await ask());
    api.stop();
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });
});
