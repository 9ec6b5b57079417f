import type { AuditEvent, ExportQuery } from "./schema.ts";

interface ExportFormat {
  readonly contentType: string;
  readonly head: string;
  line(event: AuditEvent): string;
  /** Behind the last event: a file without it is not whole. */
  end(count: number): string;
}

type Value = string | number | null;

const COLUMNS: readonly (readonly [string, (event: AuditEvent) => Value])[] = [
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

const json = (value: unknown) => (value === null ? null : JSON.stringify(value));

/** RFC 4180, 2. What a spreadsheet would take for a formula is made text by an apostrophe. */
export function csvLine(values: readonly Value[]): string {
  const cells = values.map((value) => {
    const text = value === null ? "" : String(value);
    const safe = /^[=+\-@＝＋－＠\t\r\n]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  });
  return `${cells.join(",")}\r\n`;
}

export const EXPORT_FORMATS: Readonly<Record<ExportQuery["format"], ExportFormat>> = {
  csv: {
    contentType: "text/csv; charset=utf-8",
    head: csvLine(COLUMNS.map(([name]) => name)),
    line: (event) => csvLine(COLUMNS.map(([, value]) => value(event))),
    // A row like the others, so that it stays a table: all but the first cell are empty.
    end: (count) => csvLine(COLUMNS.map((_, index) => (index === 0 ? `# end: ${count} events` : null))),
  },
  ndjson: {
    contentType: "application/x-ndjson",
    head: "",
    line: (event) => `${JSON.stringify(event)}\n`,
    end: (count) => `${JSON.stringify({ end: { events: count } })}\n`,
  },
};
