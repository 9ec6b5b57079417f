import type { Database } from "@sallyport/database";
import { createLanes, type LanesOptions } from "@sallyport/delivery";
import type { Logger } from "@sallyport/logging";
import { outageOf, reportOutage } from "@sallyport/outage";
import type { Outbound } from "@sallyport/outbound";
import type { SecretBox } from "@sallyport/secrets";
import {
  type DueStream,
  dueStreams,
  failTurn,
  finishTurn,
  readPending,
  settleSignals,
  takeStreams,
} from "@sallyport/shared-signals";
import type { LastingLook } from "../../loop.ts";
import { createUnderWay } from "../../under-way.ts";
import type { TokenSigner } from "../logout/notify.ts";
import { push } from "./push.ts";

export interface PusherDeps {
  readonly database: Database;
  readonly log: Logger;
  readonly issuer: string;
  readonly now: () => Date;
  readonly signer: TokenSigner;
  readonly secrets: SecretBox;
  /** For what others name: an application's own credentials suffice to make a stream. */
  readonly outbound: Outbound;
}

/** Of one process. Of a stream one event is under way at a time, so that they come in order. */
const PLACES: LanesOptions = { places: 64, slowPlaces: 16, first: 1, most: 1 };
/** Of one stream, before others have their turn. */
const EVENTS_IN_A_TURN = 50;
/** A turn that takes longer ends behind the event that is under way, and its receiver counts as slow. */
const TURN_MS = 5_000;
/** Longer than a turn with its last request: a stream whose process died is taken up again after this. */
const LEASE_MS = 60_000;

/**
 * Pushes what is due (RFC 8935). A look takes as many streams as there are places for, and does not wait for them. Any
 * number of processes may do it at once.
 */
export function createPusher(deps: PusherDeps): LastingLook {
  const { database, secrets, log, now } = deps;
  const lanes = createLanes(PLACES);
  const stopping = new AbortController();
  const underWay = createUnderWay();
  let looking = false;
  let again = false;

  async function take(): Promise<void> {
    const at = now();
    const due = await dueStreams(database.sql, at);
    for (const { id } of due.filter(({ failing }) => failing)) {
      lanes.suspect(id);
    }
    const ids = [...lanes.share(due.map(({ id }) => id)).keys()];
    if (ids.length === 0 || stopping.signal.aborted) {
      return;
    }
    const leaseUntil = new Date(at.getTime() + LEASE_MS);
    for (const stream of await takeStreams(database.sql, secrets, { ids, now: at, leaseUntil })) {
      underWay.keep(takeTurn(stream));
    }
  }

  async function takeTurn(stream: DueStream): Promise<void> {
    lanes.begin(stream.id);
    const began = performance.now();
    let well = false;
    try {
      well = await pushInOrder(stream, () => performance.now() - began < TURN_MS);
    } catch (error) {
      // It is due again when its lease has ended.
      const outage = outageOf(error);
      if (outage !== undefined) {
        reportOutage(log, outage);
      } else {
        log.error({ streamId: stream.id, err: error }, "A signal stream could not be worked on");
      }
    } finally {
      lanes.end(stream.id, well && performance.now() - began < TURN_MS);
    }
    if (well) {
      underWay.keep(look().catch(() => undefined)); // the clock's next look tells what is wrong
    }
  }

  /** What follows an event that its receiver did not take waits with it. False: it did not take one. */
  async function pushInOrder(stream: DueStream, mayGoOn: () => boolean): Promise<boolean> {
    const { id: streamId, applicationId } = stream;
    let tries = stream.attempts;
    for (const signal of await readPending(database.sql, stream, EVENTS_IN_A_TURN)) {
      const answer = await push(deps, stream, signal, stopping.signal);
      if (answer.is === "interrupted") {
        break;
      }
      if (answer.is === "failed") {
        const { reason, status } = answer;
        const paused = await failTurn(database, stream, { error: reason, status, now: now() });
        log.warn({ streamId, applicationId, reason, paused }, "A security event could not be pushed");
        return false;
      }
      const acknowledged = answer.is === "taken" ? [signal.jti] : [];
      const refused = answer.is === "refused" ? [answer.refusal] : [];
      await settleSignals(database, stream, { acknowledged, refused, tries: tries + 1 }, now());
      tries = 0;
      if (!mayGoOn() || stopping.signal.aborted) {
        break;
      }
    }
    await finishTurn(database, stream, now());
    return true;
  }

  /** One at a time; asked for meanwhile, once more after that. */
  async function look(): Promise<void> {
    again = true;
    if (looking) {
      return;
    }
    looking = true;
    try {
      while (again && !stopping.signal.aborted) {
        again = false;
        await take();
      }
    } finally {
      looking = false;
    }
  }

  return {
    look,
    stop: async () => {
      stopping.abort();
      await underWay.finished();
    },
  };
}
