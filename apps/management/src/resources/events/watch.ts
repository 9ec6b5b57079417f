import type { Sql } from "@sallyport/database";
import { type FeedScope, outboxSince } from "@sallyport/events";
import { type Bell, createBell } from "@sallyport/http";
import type { Logger } from "@sallyport/logging";
import { OpenStreams } from "../../api/open-streams.ts";

const LOOK_EVERY_MS = 500;
/** In the count of requests that wait, whoever reads all organizations' events is one of them. */
const ALL = "all";

/** Wakes requests that wait for events, by one look at the outbox for all of them. */
export interface EventWatch {
  /** Throws `streams_too_many` and `streams_exhausted`. */
  open(scope: FeedScope): EventBell;
}

/** Rings when there may be an event since it was opened or last rang. */
export interface EventBell extends Pick<Bell, "wait"> {
  close(): void;
}

interface Listener {
  readonly organizationId: string;
  ring(): void;
}

/** It looks only while somebody waits. */
export function createEventWatch({ sql, log }: { readonly sql: Sql; readonly log: Logger }): EventWatch {
  const open = new OpenStreams();
  const listeners = new Set<Listener>();
  let looking = false;
  let position: number | null = null;

  /** Rings for whom it concerns; for all, where it is not known what has come meanwhile. */
  async function look(): Promise<void> {
    const from = position;
    const found = await outboxSince(sql, from);
    position = found.position;
    for (const listener of listeners) {
      const concerns =
        listener.organizationId === ALL
          ? found.organizations.size > 0
          : found.organizations.has(listener.organizationId);
      if (from === null || concerns) {
        listener.ring();
      }
    }
  }

  async function lookAgainAndAgain(): Promise<void> {
    try {
      await look();
    } catch (error) {
      // Each that waits looks itself, and fails with what is wrong.
      log.warn({ err: error }, "It is not known whether there are new events");
      position = null;
      for (const listener of listeners) {
        listener.ring();
      }
    }
    if (listeners.size > 0) {
      setTimeout(() => void lookAgainAndAgain(), LOOK_EVERY_MS);
    } else {
      looking = false;
      position = null;
    }
  }

  return {
    open(scope) {
      const organizationId = scope === "all" ? ALL : scope.organizationId;
      const close = open.open(organizationId);
      const { ring, wait } = createBell();
      const listener: Listener = { organizationId, ring };
      listeners.add(listener);
      if (!looking) {
        looking = true;
        void lookAgainAndAgain();
      }
      return {
        wait,
        close: () => {
          listeners.delete(listener);
          close();
        },
      };
    },
  };
}
