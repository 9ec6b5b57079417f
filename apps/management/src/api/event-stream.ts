import type { Request, Response } from "express";

/** Proxies end what is silent. */
const HEARTBEAT_MS = 15_000;
/** Then it ends, and the client connects anew: so its credentials are asked for from time to time. */
const STREAM_MS = 120_000;
/** A client that takes no more of it than this is left. */
const MOST_UNREAD_BYTES = 1_000_000;

/** A server-sent event (HTML, section 9.2). */
export interface ServerSentEvent {
  /** Where the client goes on, by `Last-Event-ID`, when the stream breaks. */
  readonly id: string;
  /** JSON. */
  readonly data: unknown;
}

/**
 * Begins to send, once the status was sent, and returns what stops it. That is called once: when the client is gone, when
 * its time is up, when the process stops, or when `end` was called.
 */
export type Begin = (send: (events: readonly ServerSentEvent[]) => void, end: () => void) => () => void;

/** What an operation with `events` answers. */
export class EventStream {
  readonly begin: Begin;

  constructor(begin: Begin) {
    this.begin = begin;
  }
}

/** Answers with a stream. Resolves when it has ended. */
export function serveEvents(
  req: Request,
  res: Response,
  stream: EventStream,
  stopping: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    let close: (() => void) | undefined;
    let ended = false;
    const write = (text: string) => {
      if (ended) {
        return;
      }
      res.write(text);
      if (res.writableLength > MOST_UNREAD_BYTES) {
        res.destroy();
      }
    };
    const heartbeat = setInterval(() => write(":\n\n"), HEARTBEAT_MS);
    const end = () => {
      if (ended) {
        return;
      }
      ended = true;
      clearInterval(heartbeat);
      clearTimeout(timeUp);
      close?.();
      res.end();
      resolve();
    };
    const timeUp = setTimeout(end, STREAM_MS);
    const gone = new AbortController();
    res.once("close", () => gone.abort());
    AbortSignal.any([gone.signal, stopping]).addEventListener("abort", end);
    res.status(200).set({ "content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no" });
    write(":\n\n"); // so that the client, and proxies between, know that it has begun
    close = stream.begin(
      (events) =>
        write(events.map(({ id, data }) => `id: ${id}\ndata: ${JSON.stringify(data)}\n\n`).join("")),
      end,
    );
    if (ended) {
      close();
    } else if (stopping.aborted || req.destroyed || res.closed) {
      end();
    }
  });
}
