import type { Sql } from "@sallyport/database";
import type { Logger } from "@sallyport/logging";
import { EventStream } from "../../../api/event-stream.ts";
import { OpenStreams } from "../../../api/open-streams.ts";
import { liveRequestView } from "../schema.ts";
import { LATE_MS, type LiveRequest, requestsSince, requestsToBeginWith } from "./read.ts";

const LOOK_EVERY_MS = 500;

/** Streams of the requests that directories are asked, from one look at the log for all that listen. */
export interface RequestWatch {
  /**
   * @param lastId of the last request that the client has seen
   * Throws `streams_too_many` and `streams_exhausted`.
   */
  stream(organizationId: string, directoryId: string, lastId: string | null): Promise<EventStream>;
}

interface Listener {
  readonly directoryId: string;
  hear(requests: readonly LiveRequest[], since: Date): void;
  end(): void;
}

export interface RequestWatchDeps {
  readonly sql: Sql;
  readonly log: Logger;
  readonly now: () => Date;
}

/** It looks only while somebody listens. */
export function createRequestWatch({ sql, log, now }: RequestWatchDeps): RequestWatch {
  const open = new OpenStreams();
  const listeners = new Set<Listener>();
  let looking = false;
  let since = new Date(0);

  async function look(): Promise<void> {
    const directoryIds = [...new Set([...listeners].map(({ directoryId }) => directoryId))];
    const startedAt = now();
    const from = since;
    const found = await requestsSince(sql, directoryIds, from);
    since = new Date(startedAt.getTime() - LATE_MS);
    const byDirectory = new Map<string, LiveRequest[]>(directoryIds.map((id) => [id, []]));
    for (const request of found) {
      byDirectory.get(request.directoryId)?.push(request);
    }
    for (const listener of listeners) {
      listener.hear(byDirectory.get(listener.directoryId) ?? [], from);
    }
  }

  async function lookAgainAndAgain(): Promise<void> {
    try {
      await look();
    } catch (error) {
      // Their clients connect anew, and are told what they missed.
      log.warn({ err: error }, "The live views of SCIM requests were ended");
      for (const listener of listeners) {
        listener.end();
      }
    }
    if (listeners.size > 0) {
      setTimeout(() => void lookAgainAndAgain(), LOOK_EVERY_MS);
    } else {
      looking = false;
    }
  }

  function listen(listener: Listener): () => void {
    listeners.add(listener);
    if (!looking) {
      looking = true;
      since = new Date(now().getTime() - LATE_MS);
      void lookAgainAndAgain();
    }
    return () => listeners.delete(listener);
  }

  return {
    async stream(organizationId, directoryId, lastId) {
      const close = open.open(organizationId);
      try {
        const first = await requestsToBeginWith(sql, directoryId, lastId);
        return new EventStream((send, end) => {
          const sent = new Map<string, Date>();
          const tell = (requests: readonly LiveRequest[]) => {
            const fresh = requests.filter(({ id }) => !sent.has(id));
            for (const { id, createdAt } of fresh) {
              sent.set(id, createdAt);
            }
            if (fresh.length > 0) {
              send(fresh.map((request) => ({ id: request.id, data: liveRequestView(request) })));
            }
          };
          tell(first);
          const stop = listen({
            directoryId,
            end,
            hear(requests, from) {
              tell(requests);
              for (const [id, createdAt] of sent) {
                if (createdAt < from) {
                  sent.delete(id); // no look goes back so far any more
                }
              }
            },
          });
          return () => {
            stop();
            close();
          };
        });
      } catch (error) {
        close();
        throw error;
      }
    },
  };
}
