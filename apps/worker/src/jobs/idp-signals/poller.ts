import type { Database } from "@sallyport/database";
import { createLanes, type LanesOptions } from "@sallyport/delivery";
import {
  type Asking,
  createAccessTokens,
  dueStreams,
  failTurn,
  finishTurn,
  type OwnStream,
  SignalFailure,
  type SignalReceiver,
  takeStreams,
} from "@sallyport/idp-signals";
import type { Logger } from "@sallyport/logging";
import { outageOf, reportOutage } from "@sallyport/outage";
import type { SecretBox } from "@sallyport/secrets";
import type { LastingLook } from "../../loop.ts";
import { createUnderWay } from "../../under-way.ts";
import { deleteThere } from "./delete-there.ts";
import { pollTurn } from "./poll-turn.ts";

export interface PollerDeps {
  readonly database: Database;
  readonly log: Logger;
  readonly now: () => Date;
  readonly secrets: SecretBox;
  /** For what tenants name. */
  readonly outbound: Asking;
  readonly receiver: SignalReceiver;
}

/** Of one process. Of a stream one request is under way at a time. */
const PLACES: LanesOptions = { places: 32, slowPlaces: 8, first: 1, most: 1 };
/** Beyond it the transmitter counts as slow. */
const QUICK_MS = 3_000;
/** Longer than a turn: a stream whose process died is taken up again after this. */
const LEASE_MS = 60_000;

/**
 * Polls what is due, and deletes what is no connection's any more. A look takes as many streams as there are places for, and
 * does not wait for them; those that fail or are slow share a quarter of the places. Any number of processes may do it at once.
 */
export function createPoller(deps: PollerDeps): LastingLook {
  const { database, log, now, outbound } = deps;
  const lanes = createLanes(PLACES);
  const tokens = createAccessTokens({ outbound, now });
  const stopping = new AbortController();
  const underWay = createUnderWay();

  async function takeTurn(stream: OwnStream): Promise<void> {
    lanes.begin(stream.id);
    const began = performance.now();
    let well = false;
    try {
      const turn = { ...deps, tokens, stopping: stopping.signal };
      await (stream.connectionId === null ? deleteThere(turn, stream) : pollTurn(turn, stream));
      well = true;
    } catch (error) {
      await failed(stream, error);
    } finally {
      lanes.end(stream.id, well && performance.now() - began < QUICK_MS);
    }
  }

  /** What is not the transmitter's fault is due again when its lease has ended. */
  async function failed(stream: OwnStream, error: unknown): Promise<void> {
    const { id: streamId, organizationId, connectionId } = stream;
    if (stopping.signal.aborted) {
      // It says nothing of the transmitter, and the next process need not wait for the lease.
      return finishTurn(database.sql, stream, { polledAt: null, dueAt: now() }).catch(() => undefined);
    }
    const outage = outageOf(error);
    if (outage !== undefined) {
      return reportOutage(log, outage);
    }
    if (!(error instanceof SignalFailure)) {
      return log.error(
        { streamId, organizationId, err: error },
        "A stream of signals could not be worked on",
      );
    }
    const { code, message: reason, retryAfter } = error;
    if (code === "transmitter_unauthorized") {
      tokens.forget(streamId);
    }
    log.warn({ streamId, organizationId, connectionId, code, reason }, "A transmitter of signals failed");
    await failTurn(database.sql, stream, { retryAfter, now: now() }).catch((cause: unknown) =>
      log.error({ streamId, err: cause }, "A stream of signals could not be put off"),
    );
  }

  return {
    look: async () => {
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
      for (const stream of await takeStreams(database.sql, { ids, now: at, leaseUntil })) {
        underWay.keep(takeTurn(stream));
      }
    },
    stop: async () => {
      stopping.abort();
      await underWay.finished();
    },
  };
}
