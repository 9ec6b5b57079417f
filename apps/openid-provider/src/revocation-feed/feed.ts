import { once } from "node:events";
import type { Sql } from "@sallyport/database";
import { OAuthError } from "@sallyport/oauth";
import {
  type FeedPage,
  type FeedPosition,
  feedPosition,
  type RevocationFollower,
  readFeed,
} from "@sallyport/sessions";
import type { SigningKeys } from "@sallyport/signing-keys";
import type { Request, RequestHandler, Response } from "express";
import { z } from "zod";
import { type Application, type Applications, isPublic } from "../applications.ts";
import { authenticateClient } from "../endpoints/client-authentication.ts";
import { type Form, parametersOf } from "../endpoints/form.ts";
import { createSignedText } from "../forward-auth/signed-text.ts";
import { seconds } from "../tokens/session-claims.ts";
import { createRevocationBell, type RevocationBell } from "./bell.ts";
import { OpenFeeds } from "./open-feeds.ts";

/** Keeps what is signed here from passing for any other token (RFC 8725, 3.11), and the others for this. */
const TYP = "revocations+jwt";
const MOST_ITEMS = 500;
const MOST_WAIT_SECONDS = 30;
/** A stream says something so often, since proxies end what is silent. */
const HEARTBEAT_MS = 15_000;
/** Then it ends, and the client connects anew: so its credentials are asked for from time to time. */
const STREAM_MS = 600_000;

const cursorContent = z.object({ application: z.string(), position: feedPosition });

export interface RevocationFeedDeps {
  readonly sql: Sql;
  readonly applications: Applications;
  readonly follower: RevocationFollower;
  readonly keys: SigningKeys;
  readonly issuer: string;
  readonly now: () => Date;
  /** Signs cursors. */
  readonly key: string;
  /** Aborted when the process stops: what waits is answered. */
  readonly stopping: AbortSignal;
  readonly heartbeatMs?: number;
}

/** What an answer holds: `at` in seconds since 1970, as `iat`. */
interface Answer {
  readonly items: readonly { readonly sid: string; readonly at: number }[];
  readonly nextCursor: string;
}

/**
 * The sessions that ended of those that the application has tokens of: by their `sid`, and when. `?cursor=` goes on where
 * the last answer ended; without it the feed begins with all that are kept. `?wait=` seconds have it answer as soon as
 * there is something. By `Accept` it is JSON, that signed (`application/jwt`), or a stream of such (`text/event-stream`).
 */
export function revocationFeed(deps: RevocationFeedDeps): RequestHandler {
  const { sql, follower, now, heartbeatMs = HEARTBEAT_MS } = deps;
  const cursors = createSignedText(deps.key, "revocations cursor", cursorContent);
  const feeds = new OpenFeeds();

  async function read(application: Application, position: FeedPosition | null): Promise<FeedPage> {
    const page = await readFeed(sql, application.id, position, { limit: MOST_ITEMS, now: now() });
    if (page === null) {
      throw new OAuthError(
        "cursor_expired",
        "what ended since this cursor is not known any more. Begin again without one, and ask introspection about every session that began before",
      );
    }
    return page;
  }

  function positionOf(cursor: string | undefined, { clientId }: Application): FeedPosition | null {
    if (cursor === undefined) {
      return null;
    }
    const content = cursors.open(cursor);
    if (content?.application !== clientId) {
      throw new OAuthError(
        "invalid_request",
        "cursor is none that this application was given: send nextCursor of the last answer as it was",
      );
    }
    return content.position;
  }

  const answerOf = ({ items, next }: FeedPage, application: Application): Answer => ({
    items: items.map(({ sessionId, at }) => ({ sid: sessionId, at: Math.floor(at / 1000) })),
    nextCursor: cursors.sign({ application: application.clientId, position: next }),
  });

  const signed = (answer: Answer, { clientId }: Application) =>
    deps.keys.sign(
      { iss: deps.issuer, aud: clientId, iat: seconds(now()), ...answer },
      { typ: TYP, alg: "ES256" },
    );

  /** The first page that has something, or what there is when the time is up. */
  async function waitFor(
    application: Application,
    position: FeedPosition | null,
    waitMs: number,
    bell: RevocationBell,
    signal: AbortSignal,
  ): Promise<FeedPage> {
    const end = performance.now() + waitMs;
    for (;;) {
      const page = await read(application, position);
      const left = end - performance.now();
      if (page.items.length > 0 || left <= 0 || signal.aborted) {
        return page;
      }
      await bell.wait(left, signal);
    }
  }

  async function answerOnce(
    req: Request,
    res: Response,
    application: Application,
    query: Form,
    signal: AbortSignal,
  ): Promise<void> {
    const position = positionOf(query.get("cursor"), application);
    const bell = createRevocationBell(follower, application.id);
    try {
      const page = await waitFor(application, position, waitOf(query) * 1000, bell, signal);
      const answer = answerOf(page, application);
      if (req.accepts(["json", "application/jwt"]) === "application/jwt") {
        res.type("application/jwt").send(await signed(answer, application));
      } else {
        res.json(answer);
      }
    } finally {
      bell.close();
    }
  }

  async function stream(
    req: Request,
    res: Response,
    application: Application,
    query: Form,
    signal: AbortSignal,
  ): Promise<void> {
    let position = positionOf(req.get("last-event-id") ?? query.get("cursor"), application);
    const bell = createRevocationBell(follower, application.id);
    const end = performance.now() + STREAM_MS;
    try {
      let page = await read(application, position); // what is wrong with the cursor is told by the status
      res.set({ "content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no" });
      res.flushHeaders();
      while (!signal.aborted && performance.now() < end) {
        const answer = answerOf(page, application);
        // Without data, no event is dispatched; the client notes the id all the same (HTML, 9.2.6).
        const data = answer.items.length > 0 ? `data: ${await signed(answer, application)}\n` : "";
        if (!res.write(`id: ${answer.nextCursor}\n${data}\n`)) {
          await once(res, "drain", { signal });
        }
        position = page.next;
        page = page.more
          ? await read(application, position)
          : await waitFor(application, position, heartbeatMs, bell, signal);
      }
    } catch (error) {
      // A response that has begun can only be closed: the client reconnects and then gets the error.
      if (!res.headersSent) {
        throw error;
      }
    } finally {
      bell.close();
      if (res.headersSent) {
        res.end();
      }
    }
  }

  return async (req, res) => {
    const query = parametersOf(req.query);
    const application = await authenticateClient(req, new Map(), deps.applications);
    if (isPublic(application)) {
      throw new OAuthError("invalid_client", "The revocation feed needs an application with a client secret");
    }
    const gone = new AbortController();
    res.once("close", () => gone.abort());
    const signal = AbortSignal.any([gone.signal, deps.stopping]);
    const close = feeds.open(application.id);
    res.set("cache-control", "no-store").vary("accept");
    try {
      const streams = req.accepts(["json", "application/jwt", "text/event-stream"]) === "text/event-stream";
      await (streams ? stream : answerOnce)(req, res, application, query, signal);
    } finally {
      close();
    }
  };
}

function waitOf(query: Form): number {
  const text = query.get("wait") ?? "0";
  if (!/^\d{1,4}$/.test(text)) {
    throw new OAuthError("invalid_request", `wait must be a number of seconds, ${MOST_WAIT_SECONDS} at most`);
  }
  return Math.min(Number(text), MOST_WAIT_SECONDS);
}
