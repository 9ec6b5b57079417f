import { revokeSessions } from "@sallyport/sessions";
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from "jose";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { AppVisit } from "../testing/app-visit.ts";
import { startTestOp, type TestApp, type TestOp } from "../testing/op.ts";

let test: TestOp;
let app: TestApp;
let sessionId: string;
let waiting: AbortController;
beforeAll(async () => {
  test = await startTestOp();
});
afterAll(() => test.close());
beforeEach(async () => {
  waiting = new AbortController();
  app = await test.addApp();
  sessionId = await signIn();
});
afterEach(() => waiting.abort());

async function signIn(at = app): Promise<string> {
  const id = await test.signIn();
  await new AppVisit(test, at).signIn(id);
  return id;
}
const end = (...sessionIds: string[]) =>
  test.database.transaction((sql) =>
    revokeSessions(
      sql,
      test.organization.id,
      { sessionIds },
      { reason: "test", actor: { type: "system" }, now: new Date() },
    ),
  );

const basic = ({ clientId, secret }: TestApp) =>
  `Basic ${Buffer.from([clientId, secret ?? ""].map(encodeURIComponent).join(":")).toString("base64")}`;

interface Asking {
  readonly by?: TestApp;
  readonly cursor?: string;
  readonly wait?: number | string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly at?: string;
}
function ask({ by = app, cursor, wait, headers = {}, at = test.url }: Asking = {}): Promise<Response> {
  const query = new URLSearchParams(
    Object.entries({ cursor, wait }).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, `${value}`]],
    ),
  );
  return fetch(`${at}/session/revocations?${query}`, {
    headers: { authorization: basic(by), ...headers },
    signal: waiting.signal,
  });
}
interface Answer {
  readonly items: readonly { readonly sid: string; readonly at: number }[];
  readonly nextCursor: string;
}
const read = async (asking?: Asking) => (await (await ask(asking)).json()) as Answer;
const sids = ({ items }: Answer) => items.map(({ sid }) => sid);

/** The events of a stream, as they come. */
async function* events(response: Response): AsyncGenerator<Readonly<Record<string, string>>> {
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk as Uint8Array).toString();
    for (let at = text.indexOf("\n\n"); at >= 0; at = text.indexOf("\n\n")) {
      const lines = text.slice(0, at).split("\n");
      yield Object.fromEntries(lines.map((line) => line.split(/: (.*)/s, 2)));
      text = text.slice(at + 2);
    }
  }
}
async function next<Item>(from: AsyncGenerator<Item>): Promise<Item> {
  const { value, done } = await from.next();
  if (done === true) {
    throw new Error("The stream ended");
  }
  return value;
}
const stream = (asking: Asking = {}) =>
  ask({ ...asking, headers: { accept: "text/event-stream", ...asking.headers } });

describe("the revocation feed", () => {
  it("tells which sessions ended, and when, by their sid alone", async () => {
    const { nextCursor } = await read();
    expect(await read({ cursor: nextCursor })).toEqual({ items: [], nextCursor: expect.any(String) });
    await end(sessionId);
    const response = await ask({ cursor: nextCursor });
    expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"]);
    const answer = (await response.json()) as Answer;
    expect(answer.items).toEqual([{ sid: sessionId, at: expect.closeTo(Date.now() / 1000, -2) }]);
    expect(await read({ cursor: answer.nextCursor })).toMatchObject({ items: [] });
  });

  it("begins with all that is kept, so that who starts misses nothing that tokens in use say", async () => {
    await end(sessionId);
    expect(sids(await read())).toContain(sessionId);
  });

  it("tells an application of the sessions that it has tokens of, and of no other", async () => {
    const other = await test.addApp();
    const [own, foreign] = [await read(), await read({ by: other })];
    const theirs = await signIn(other);
    await end(sessionId, theirs);
    expect(sids(await read({ cursor: own.nextCursor }))).toEqual([sessionId]);
    expect(sids(await read({ cursor: foreign.nextCursor, by: other }))).toEqual([theirs]);
    expect(sids(await read({ by: other }))).toEqual([theirs]);
  });

  it("catches up exactly, however long a client was away and however much ended", async () => {
    const { nextCursor } = await read();
    await test.database.sql.query(
      `INSERT INTO session_revocations (session_id, application_id)
       SELECT gen_random_uuid(), $1 FROM generate_series(1, 1203)`,
      [app.id],
    );
    await end(sessionId);
    const seen: string[] = [];
    for (let page = await read({ cursor: nextCursor }); page.items.length > 0; ) {
      expect(page.items.length).toBeLessThanOrEqual(500);
      seen.push(...sids(page));
      page = await read({ cursor: page.nextCursor });
    }
    expect([seen.length, new Set(seen).size, seen.includes(sessionId)]).toEqual([1204, 1204, true]);
  });

  it("is small: some 60 bytes for each", async () => {
    const { nextCursor } = await read();
    await end(sessionId);
    const { items } = await read({ cursor: nextCursor });
    expect(JSON.stringify(items).length).toBeLessThan(70);
  });
});

describe("a request that waits", () => {
  it("is answered as soon as something ends", async () => {
    const { nextCursor } = await read();
    const answer = read({ cursor: nextCursor, wait: 30 });
    await end(sessionId);
    expect(sids(await answer)).toEqual([sessionId]);
  });

  it("is answered at once where something had ended before, and after its time where nothing did", async () => {
    const { nextCursor } = await read();
    expect(await read({ cursor: nextCursor, wait: 1 })).toMatchObject({ items: [] });
    await end(sessionId);
    expect(sids(await read({ cursor: nextCursor, wait: 30 }))).toEqual([sessionId]);
  });

  it("is answered when the process stops", async () => {
    const stopping = new AbortController();
    const other = await test.serveAnotherProcess({ stopping: stopping.signal });
    const { nextCursor } = await read({ at: other.url });
    const [answer, streamed] = [
      read({ at: other.url, cursor: nextCursor, wait: 30 }),
      stream({ at: other.url, cursor: nextCursor }).then((response) => response.text()),
    ];
    stopping.abort();
    expect(await answer).toMatchObject({ items: [] });
    expect(await streamed).not.toContain("data:");
    await other.close();
  });

  it("is one of a hundred at most, of one application", async () => {
    const { nextCursor } = await read();
    const all = Array.from({ length: 101 }, () => ask({ cursor: nextCursor, wait: 30 }));
    const refused = await Promise.race(all);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "30"]);
    expect((await ask({ by: test.app })).status).toBe(200);
    waiting.abort();
    await Promise.allSettled(all);
  });
});

describe("a stream", () => {
  it("tells each end as a signed statement of its own kind, to this application", async () => {
    const { nextCursor } = await read();
    const told = events(await stream({ cursor: nextCursor }));
    expect(await next(told)).toEqual({ id: expect.any(String) }); // where it is, and no event
    await end(sessionId);
    const { data = "", id } = await next(told);
    const keys = createRemoteJWKSet(new URL(`${test.url}/.well-known/jwks.json`));
    const { payload, protectedHeader } = await jwtVerify(data, keys, {
      issuer: test.url,
      audience: app.clientId,
      typ: "revocations+jwt",
      algorithms: ["ES256"],
    });
    expect(payload).toEqual({
      iss: test.url,
      aud: app.clientId,
      iat: expect.any(Number),
      items: [{ sid: sessionId, at: expect.any(Number) }],
      nextCursor: id,
    });
    expect(protectedHeader.alg).toBe("ES256");
  });

  it("goes on where the last event ended", async () => {
    const { nextCursor } = await read();
    const first = events(await stream({ cursor: nextCursor }));
    await next(first);
    await end(sessionId);
    const { id = "" } = await next(first);
    await first.return(undefined);
    const away = await signIn();
    await end(away);
    const second = events(await stream({ headers: { "last-event-id": id } }));
    const { data = "" } = await next(second);
    expect(sids(decodeJwt<Answer>(data))).toEqual([away]);
  });

  it("is what an Accept names first; application/jwt is the signed answer by itself", async () => {
    await end(sessionId);
    const response = await ask({ headers: { accept: "application/jwt" } });
    expect(response.headers.get("content-type")).toContain("application/jwt");
    const text = await response.text();
    expect(decodeProtectedHeader(text).typ).toBe("revocations+jwt");
    expect(sids(decodeJwt<Answer>(text))).toContain(sessionId);
    for (const accept of ["*/*", "application/json", "application/json, text/event-stream;q=0.5"]) {
      const plain = await ask({ headers: { accept } });
      expect(plain.headers.get("content-type"), accept).toContain("application/json");
    }
  });
});

describe("it refuses", () => {
  const problem = async (response: Response) => [
    response.status,
    ((await response.json()) as { error: string }).error,
  ];

  it("whoever is no application, or has no secret", async () => {
    const anonymous = await fetch(`${test.url}/session/revocations`);
    expect(await problem(anonymous)).toEqual([401, "invalid_client"]);
    expect(anonymous.headers.get("www-authenticate")).toContain("Basic");
    expect(await problem(await ask({ by: { ...app, secret: "wrong" } }))).toEqual([401, "invalid_client"]);
    expect(await problem(await ask({ by: { ...test.publicApp, secret: "x" } }))).toEqual([
      401,
      "invalid_client",
    ]);
    const inQuery = `client_id=${app.clientId}&client_secret=${encodeURIComponent(app.secret ?? "")}`;
    expect((await fetch(`${test.url}/session/revocations?${inQuery}`)).status).toBe(401);
    const { access_token } = await new AppVisit(test, app).signIn(await test.signIn());
    const bearer = await ask({ headers: { authorization: `Bearer ${access_token}` } });
    expect(bearer.status).toBe(400);
  });

  it("a cursor that another application was given, that was changed, or that is none", async () => {
    const other = await test.addApp();
    const { nextCursor } = await read();
    const [body = "", mac = ""] = nextCursor.split(".");
    const said = JSON.parse(Buffer.from(body, "base64url").toString());
    const changed = Buffer.from(JSON.stringify({ ...said, application: other.clientId })).toString(
      "base64url",
    );
    expect(await problem(await ask({ by: other, cursor: nextCursor }))).toEqual([400, "invalid_request"]);
    for (const cursor of [`${changed}.${mac}`, "0", "null", "x".repeat(6_000), "'; --"]) {
      expect(await problem(await ask({ by: other, cursor })), cursor.slice(0, 20)).toEqual([
        400,
        "invalid_request",
      ]);
      expect((await stream({ by: other, cursor })).status).toBe(400);
    }
  });

  it("a wait that is no number, or another method", async () => {
    for (const wait of ["-1", "x", "1e9", "99999"]) {
      expect(await problem(await ask({ wait }))).toEqual([400, "invalid_request"]);
    }
    const post = await fetch(`${test.url}/session/revocations`, { method: "POST" });
    expect([post.status, post.headers.get("allow")]).toEqual([405, "GET"]);
  });

  it("a cursor that is too old, by 410 and a code of its own: also a stream", async () => {
    const { nextCursor: cursor } = await read();
    const day = 24 * 3_600_000;
    test.passTime(day - 60_000);
    expect((await ask({ cursor })).status).toBe(200);
    test.passTime(60_001);
    expect(await problem(await ask({ cursor }))).toEqual([410, "cursor_expired"]);
    expect((await stream({ cursor })).status).toBe(410);
    test.passTime(-day - 1);
  });
});
