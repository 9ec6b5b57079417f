import { toPage } from "../../api/page.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { type LoginRecordQuery, loginRecordSummaryView, loginRecordView } from "./schema.ts";

interface Row {
  readonly id: string;
  readonly connection_id: string;
  readonly session_id: string | null;
  readonly request_id: string;
  readonly outcome: string;
  readonly error_code: string | null;
  readonly created_at: Date;
}

/**
 * The newest first, over all connections or of one. By hand, because records are indexed by connection: each
 * connection hands over a page from its end of the index, and the newest of those make the page.
 */
export async function listLoginRecords(context: Context, organizationId: string, query: LoginRecordQuery) {
  const { cursor } = query;
  const { rows } = await context.deps.database.sql.query<Row>(
    `SELECT r.* FROM connections c
     CROSS JOIN LATERAL (
       SELECT l.id, l.connection_id, l.session_id, l.request_id, l.outcome, l.error_code, l.created_at
       FROM login_records l
       WHERE l.connection_id = c.id AND l.organization_id = $1::uuid
         AND ($3::uuid IS NULL OR l.session_id = $3::uuid)
         AND ($4::text IS NULL OR l.request_id = $4::text)
         AND ($5::text IS NULL OR l.outcome = $5::text)
         AND ($6::timestamptz IS NULL OR l.created_at >= $6::timestamptz)
         AND ($7::timestamptz IS NULL OR l.created_at < $7::timestamptz)
         AND ($8::timestamptz IS NULL OR (l.created_at, l.id) < ($8::timestamptz, $9::uuid))
         AND ($11::text IS NULL OR l.error_code = $11::text)
       ORDER BY l.created_at DESC, l.id DESC
       LIMIT $10::int
     ) AS r
     WHERE c.organization_id = $1::uuid AND ($2::uuid IS NULL OR c.id = $2::uuid)
     ORDER BY r.created_at DESC, r.id DESC
     LIMIT $10::int`,
    [
      organizationId,
      query.connectionId ?? null,
      query.sessionId ?? null,
      query.requestId ?? null,
      query.outcome ?? null,
      query.since ?? null,
      query.until ?? null,
      cursor?.createdAt ?? null,
      cursor?.id ?? null,
      query.limit + 1,
      query.errorCode ?? null,
    ],
  );
  const records = rows.map((row) => ({
    id: row.id,
    connectionId: row.connection_id,
    sessionId: row.session_id,
    requestId: row.request_id,
    outcome: row.outcome,
    errorCode: row.error_code,
    createdAt: row.created_at,
  }));
  return toPage(records, query, loginRecordSummaryView);
}

/** Throws `record_not_found`. */
export async function getLoginRecord(context: Context, organizationId: string, id: string) {
  const row = await context.deps.database.prisma.loginRecord.findFirst({ where: { id, organizationId } });
  if (row === null) {
    throw problem("record_not_found");
  }
  return loginRecordView(row);
}
