import { type EventType, insertEvents } from "@sallyport/events";

/**
 * What every write leaves in the same statement as its change: a row of the request log and an event
 * (ARCHITECTURE.md, invariants 1 and 7). The first values of each writing statement are these; its own begin at $4.
 * @param directory that of all rows
 * @param rows at least one: JSON objects with `n` counted from 0, what `entries` names, and the command's own columns
 */
export function journalValues(
  directory: { readonly organizationId: string; readonly id: string },
  rows: readonly string[],
): unknown[] {
  return [directory.organizationId, directory.id, `[${rows.join(",")}]`];
}

export const ORGANIZATION = "$1";
export const DIRECTORY = "$2";

/**
 * The common table expression `entry`, that the rest of a writing statement is built on: a row for each request, `n`
 * counted from 0.
 * @param own columns beyond the journal's, as `, user_name text, version int`
 */
export function entries(own = ""): string {
  return `
  entry AS MATERIALIZED (
    SELECT * FROM json_to_recordset($3::json) AS entry (
      n int, resource_id uuid, at timestamptz, log_id uuid, event_id uuid, request_id text, method text, path text, status int,
      latency_ms float8, ip text, request_body json, response_body json, notes json${own}))`;
}

/** When the last of the requests was received. */
export const NOW = "(SELECT max(at) FROM entry)";

const NONE = "NULL::jsonb";

/** What a statement writes into the journal, as SQL over a row of `changed`. */
interface JournalText {
  readonly event: Extract<EventType, `${"directory_user" | "directory_group"}.${string}`>;
  /** jsonb, as the catalogue of events says; without, the event has none. */
  readonly before?: string;
  readonly after?: string;
  readonly data?: string;
  /** jsonb: {users?: [id], groups?: [id]} */
  readonly changed: string;
}

/**
 * The common table expressions that write the journal. The statement has to have one named `changed`, of the entries
 * whose change took place. The latency is that up to here in this statement.
 */
export function journal({ event, before = NONE, after = NONE, data = NONE, changed }: JournalText): string {
  const resourceType = event.startsWith("directory_user.") ? "directoryUser" : "directoryGroup";
  return `
  request_logged AS (
    INSERT INTO scim_requests (organization_id, directory_id, created_at, id, request_id, method, path, status,
                               latency_ms, request_body, response_body, notes, changed)
    SELECT ${ORGANIZATION}, ${DIRECTORY}, at, log_id, request_id, method, path, status,
           latency_ms + extract(epoch FROM clock_timestamp() - statement_timestamp())::float8 * 1000,
           request_body, response_body, notes, ${changed}
    FROM changed),
  recorded AS (${insertEvents(`
    SELECT event_id, at, ${ORGANIZATION}, '${event}', 'directory', ${DIRECTORY}::uuid::text,
           '${resourceType}', resource_id::text, 'success', request_id, ip, ${before}, ${after}, ${data}
    FROM changed`)})`;
}
