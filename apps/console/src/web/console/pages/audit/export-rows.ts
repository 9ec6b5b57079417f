export type ExportFormat = "csv" | "ndjson";

/** The rows that have come whole. */
export interface Rows {
  readonly text: string;
  readonly count: number;
  /** Null where none has come. */
  readonly last: string | null;
  /** The beginning of a row whose end has not come. */
  readonly rest: string;
}

/** A line break within quotes ends no row of CSV (RFC 4180, 2.6); JSON has none within a row. */
const MARKS: Readonly<Record<ExportFormat, RegExp>> = { csv: /"|\r\n/g, ndjson: /\n/g };

export function rowsOf(format: ExportFormat, text: string): Rows {
  let [start, end, count, quoted] = [0, 0, 0, false];
  for (const { 0: mark, index } of text.matchAll(MARKS[format])) {
    if (mark === '"') {
      quoted = !quoted;
    } else if (!quoted) {
      start = end;
      end = index + mark.length;
      count += 1;
    }
  }
  return {
    text: text.slice(0, end),
    count,
    last: count === 0 ? null : text.slice(start, end),
    rest: text.slice(end),
  };
}

/** How many events the row says that were sent, where it is the one that ends a file; null where it is an event's. */
export function countAtEnd(format: ExportFormat, row: string): number | null {
  if (format === "csv") {
    const count = /^# end: (\d+) events/.exec(row)?.[1];
    return count === undefined ? null : Number(count);
  }
  const { end } = JSON.parse(row) as { end?: { events: number } };
  return end === undefined ? null : end.events;
}

/** The event of a row. */
export function idOfRow(format: ExportFormat, row: string): string {
  return format === "csv"
    ? row.slice(row.lastIndexOf(",") + 1).trimEnd()
    : (JSON.parse(row) as { id: string }).id;
}

/** The row that ends a file of so many events, in the form of the one that ended the last part of it. */
export function endRow(row: string, count: number): string {
  return row.replace(/\d+/, String(count));
}
