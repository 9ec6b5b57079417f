import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "@sallyport/database";
import { isId } from "@sallyport/database";
import {
  findStream,
  type PendingSignal,
  readPending,
  SET_TYP,
  type Stream,
  setClaims,
  settleSignals,
} from "@sallyport/shared-signals";
import type { SigningKeys } from "@sallyport/signing-keys";
import type { Response } from "express";
import type { z } from "zod";
import type { Receiver } from "./authorize.ts";
import { type pollBody, unknownStream } from "./requests.ts";

export interface PollDeps {
  readonly database: Database;
  readonly keys: Pick<SigningKeys, "sign">;
  readonly issuer: string;
  readonly now: () => Date;
  readonly stopping: AbortSignal;
}

const USUAL_EVENTS = 100;
const MOST_EVENTS = 500;
/** How long a poll waits for something to tell (RFC 8936, section 2.2: `returnImmediately`), and how often it looks. */
const WAIT_MS = 20_000;
const LOOK_MS = 1_000;
/** Polls that wait, of one process and of one application: whoever comes beyond is answered at once. */
const MOST_WAITING = 200;
const MOST_WAITING_OF_ONE = 10;

/** Poll-based delivery (RFC 8936): what was acknowledged goes, what is left is answered, the oldest first. */
export function createPoll(deps: PollDeps) {
  const { database, keys, issuer, now, stopping } = deps;
  const waiting = new Map<string, number>();
  let allWaiting = 0;

  /** What there is; where that is nothing, what there is a while later. */
  async function next(
    stream: Stream,
    limit: number,
    mayWait: boolean,
    signal: AbortSignal,
  ): Promise<PendingSignal[]> {
    const found = await readPending(database.sql, stream, limit);
    const own = waiting.get(stream.applicationId) ?? 0;
    if (found.length > 0 || !mayWait || own >= MOST_WAITING_OF_ONE || allWaiting >= MOST_WAITING) {
      return found;
    }
    waiting.set(stream.applicationId, own + 1);
    allWaiting += 1;
    try {
      const end = performance.now() + WAIT_MS;
      while (!signal.aborted && performance.now() < end) {
        await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
        const current = await findStream(database.sql, stream.applicationId, stream.id);
        const later = current === null ? [] : await readPending(database.sql, current, limit);
        if (later.length > 0 || current === null) {
          return later;
        }
      }
      return [];
    } finally {
      const left = (waiting.get(stream.applicationId) ?? 1) - 1;
      allWaiting -= 1;
      if (left === 0) {
        waiting.delete(stream.applicationId);
      } else {
        waiting.set(stream.applicationId, left);
      }
    }
  }

  return async (res: Response, stream: Stream, { clientId }: Receiver, body: z.output<typeof pollBody>) => {
    if (stream.delivery !== "poll") {
      throw unknownStream();
    }
    const refused = Object.entries(body.setErrs ?? {}).map(([jti, { err, description }]) => ({
      jti,
      error: err,
      description: description ?? null,
    }));
    await settleSignals(
      database,
      stream,
      { acknowledged: (body.ack ?? []).filter(isId), refused: refused.filter(({ jti }) => isId(jti)) },
      now(),
    );
    const limit = Math.min(body.maxEvents ?? USUAL_EVENTS, MOST_EVENTS);
    const gone = new AbortController();
    res.once("close", () => gone.abort());
    // Who only acknowledges asks for none (section 2.4).
    const mayWait = body.returnImmediately !== true && limit > 0 && stream.status === "enabled";
    const found = await next(stream, limit + 1, mayWait, AbortSignal.any([gone.signal, stopping]));
    const sets: Record<string, string> = {};
    for (const signal of found.slice(0, limit)) {
      const claims = setClaims(signal, { issuer, audience: clientId });
      sets[signal.jti] = await keys.sign(claims, { typ: SET_TYP, alg: "RS256" });
    }
    res.set("cache-control", "no-store").json({ sets, moreAvailable: found.length > limit });
  };
}
