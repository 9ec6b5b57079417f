import type { Sql } from "@sallyport/database";
import { type FeedEntry, readEventFeed } from "@sallyport/events";
import type { Batch } from "../formats/batch.ts";
import { scopeOf } from "../streams/write.ts";
import type { TakenStream } from "./take.ts";

interface Size {
  readonly events: number;
  readonly bytes: number;
}

/** Datadog takes 1,000 logs and 5 MB at once; the others take more. */
const OF_COLLECTORS: Size = { events: 500, bytes: 1_000_000 };
/** Each INSERT makes a part: ClickHouse wants few, and large ones. */
const OF_CLICKHOUSE: Size = { events: 10_000, bytes: 10_000_000 };

/** The next events of a stream; null where there are none yet, "missing" where what comes next was deleted. */
export async function nextBatch(sql: Sql, stream: TakenStream): Promise<Batch | "missing" | null> {
  const { id: streamId, organizationId, position, destination } = stream;
  const most = destination.type === "clickhouse" ? OF_CLICKHOUSE : OF_COLLECTORS;
  const page = await readEventFeed(sql, scopeOf(stream), {
    after: position,
    limit: most.events,
    keptSince: new Date(0),
  });
  if (page === null) {
    return "missing";
  }
  const entries = fitting(page.entries, most.bytes);
  const [first, last] = [entries[0], entries.at(-1)];
  if (first === undefined || last === undefined) {
    return null;
  }
  const events = entries.map(({ event }) => event);
  return { streamId, organizationId, first: first.number, last: last.number, events };
}

/** As many as fit, and one at least. */
function fitting(entries: readonly FeedEntry[], mostBytes: number): readonly FeedEntry[] {
  let bytes = 0;
  const tooMany = entries.findIndex(({ event }) => {
    bytes += JSON.stringify(event).length;
    return bytes > mostBytes;
  });
  return tooMany === -1 ? entries : entries.slice(0, Math.max(1, tooMany));
}
