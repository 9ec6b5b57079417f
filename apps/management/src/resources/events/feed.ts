import { type FeedPage, type FeedScope, feedSince, readEventFeed } from "@sallyport/events";
import type { z } from "zod";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { type EventQuery, type eventFeed, eventView } from "./schema.ts";

const HOUR_MS = 3_600_000;
const SERVED_MS = 30 * 24 * HOUR_MS;
/** Whoever begins with the oldest event has so long to read on before it is too old. */
const KEPT_MS = SERVED_MS + HOUR_MS;

/**
 * Events as they follow each other, at once or as soon as there are some. Throws `cursor_invalid` and `cursor_expired`;
 * where it is to wait, `streams_too_many` and `streams_exhausted`.
 */
export async function readEvents(
  context: Context,
  scope: FeedScope,
  query: EventQuery,
): Promise<z.input<typeof eventFeed>> {
  const after = await startOf(context, scope, query);
  const page =
    query.wait === 0 ? await read(context, scope, query, after) : await waitFor(context, scope, query, after);
  return {
    items: page.entries.map(({ event }) => eventView(event)),
    nextCursor: encodeCursor(scope, page.next),
    more: page.more,
  };
}

async function startOf({ deps }: Context, scope: FeedScope, { cursor, since }: EventQuery): Promise<number> {
  if (cursor === undefined) {
    const oldest = new Date(deps.now().getTime() - SERVED_MS);
    return feedSince(deps.database.sql, scope, since !== undefined && since > oldest ? since : oldest);
  }
  const number = decodeCursor(scope, cursor);
  if (number === null) {
    throw problem("cursor_invalid");
  }
  return number;
}

async function read(
  { deps }: Context,
  scope: FeedScope,
  { types, limit }: EventQuery,
  after: number,
): Promise<FeedPage> {
  const page = await readEventFeed(deps.database.sql, scope, {
    ...(types === undefined ? {} : { types }),
    after,
    limit,
    keptSince: new Date(deps.now().getTime() - KEPT_MS),
  });
  if (page === null) {
    throw problem("cursor_expired");
  }
  return page;
}

/** The first page that has something, or what there is when the time is up or the client is gone. */
async function waitFor(
  context: Context,
  scope: FeedScope,
  query: EventQuery,
  from: number,
): Promise<FeedPage> {
  const bell = context.deps.eventWatch.open(scope);
  const end = performance.now() + query.wait * 1_000;
  try {
    let page = await read(context, scope, query, from);
    for (;;) {
      const left = end - performance.now();
      if (page.entries.length > 0 || page.more || left <= 0 || context.ended.aborted) {
        return page;
      }
      await bell.wait(left, context.ended);
      page = await read(context, scope, query, page.next);
    }
  } finally {
    bell.close();
  }
}
