import type { Sql } from "@sallyport/database";
import { type FeedEntry, readEventFeed } from "@sallyport/events";
import type { Batch } from "../formats/batch.ts";
import { scopeOf } from "../streams/write.ts";
import type { TakenStream } from "./take.ts";

/** Datadog takes 1,000 logs and 5 MB at once; the others take more. */
const MOST_EVENTS = 500;
const MOST_BYTES = 1_000_000;

/** The next events of a stream; null where there are none yet, "missing" where what comes next was deleted. */
export async function nextBatch(sql: Sql, stream: TakenStream): Promise<Batch | "missing" | null> {
  const { id: streamId, organizationId, position } = stream;
  const page = await readEventFeed(sql, scopeOf(stream), {
    after: position,
    limit: MOST_EVENTS,
    keptSince: new Date(0),
  });
  if (page === null) {
    return "missing";
  }
  const entries = fitting(page.entries);
  const [first, last] = [entries[0], entries.at(-1)];
  if (first === undefined || last === undefined) {
    return null;
  }
  const events = entries.map(({ event }) => event);
  return { streamId, organizationId, first: first.number, last: last.number, events };
}

/** As many as fit, and one at least. */
function fitting(entries: readonly FeedEntry[]): readonly FeedEntry[] {
  let bytes = 0;
  const tooMany = entries.findIndex(({ event }) => {
    bytes += JSON.stringify(event).length;
    return bytes > MOST_BYTES;
  });
  return tooMany === -1 ? entries : entries.slice(0, Math.max(1, tooMany));
}
