import type { AuditEvent, EventFilter, LoadEvents } from "./events.ts";

export type ExportFormat = "csv" | "ndjson";

const PAGE = 200;
const LINES_IN_MEMORY = 10_000;

const COLUMNS: readonly (readonly [string, (event: AuditEvent) => string | number | null])[] = [
  ["time", ({ createdAt }) => createdAt],
  ["sequence", ({ sequence }) => sequence],
  ["type", ({ type }) => type],
  ["outcome", ({ outcome }) => outcome],
  ["actor_type", ({ actor }) => actor.type],
  ["actor_id", ({ actor }) => actor.id],
  ["resource_type", ({ resource }) => resource.type],
  ["resource_id", ({ resource }) => resource.id],
  ["ip", ({ ip }) => ip],
  ["request_id", ({ requestId }) => requestId],
  ["before", ({ before }) => json(before)],
  ["after", ({ after }) => json(after)],
  ["data", ({ data }) => json(data)],
  ["id", ({ id }) => id],
];

const json = (value: unknown) => (value === null || value === undefined ? null : JSON.stringify(value));

/** RFC 4180, 2. What a spreadsheet would take for a formula is made text by an apostrophe. */
export function csvLine(values: readonly (string | number | null)[]): string {
  const cells = values.map((value) => {
    const text = value === null ? "" : String(value);
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  });
  return `${cells.join(",")}\r\n`;
}

const FORMATS: Readonly<
  Record<ExportFormat, { readonly type: string; readonly head: string; line(event: AuditEvent): string }>
> = {
  csv: {
    type: "text/csv;charset=utf-8",
    head: csvLine(COLUMNS.map(([name]) => name)),
    line: (event) => csvLine(COLUMNS.map(([, value]) => value(event))),
  },
  ndjson: {
    type: "application/x-ndjson",
    head: "",
    line: (event) => `${JSON.stringify(event)}\n`,
  },
};

export interface ExportOptions {
  readonly load: LoadEvents;
  readonly filter: EventFilter;
  readonly format: ExportFormat;
  /** Told how many events are there so far. */
  onProgress(count: number): void;
  readonly signal: AbortSignal;
}

/** All events that the filter names, as a file. Rejects when aborted. */
export async function exportEvents(options: ExportOptions): Promise<Blob> {
  const { load, filter, format, onProgress, signal } = options;
  const { type, head, line } = FORMATS[format];
  // A browser keeps a large Blob on its disk; so lines do not wait in memory for the last page.
  let file = new Blob([head], { type });
  let lines: string[] = [];
  let count = 0;
  let cursor: string | null = null;
  do {
    const page = await load({ ...filter, limit: PAGE, ...(cursor === null ? {} : { cursor }) });
    signal.throwIfAborted();
    lines.push(...page.items.map(line));
    if (lines.length >= LINES_IN_MEMORY) {
      file = new Blob([file, ...lines], { type });
      lines = [];
    }
    count += page.items.length;
    onProgress(count);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return new Blob([file, ...lines], { type });
}
