import { newId, type Sql, storableJson } from "@sallyport/database";

/** A security event that a stream is to deliver. */
export interface NewSignal {
  readonly streamId: string;
  readonly type: string;
  readonly subject: object;
  readonly event: object;
  readonly txn?: string | undefined;
  /** Tells of the stream itself: delivered whatever its status. */
  readonly ofStream?: boolean;
}

/** Puts events behind those that their streams have still to deliver, in this order; push streams are due. */
export async function addSignals(sql: Sql, signals: readonly NewSignal[], now: Date): Promise<void> {
  if (signals.length === 0) {
    return;
  }
  const rows = signals.map(({ streamId, ofStream = false, ...signal }) => ({
    ...signal,
    id: newId(),
    stream_id: streamId,
    of_stream: ofStream,
  }));
  // The streams first, in one order: so a process that finds nothing left to push waits, and then finds these.
  await sql.query(
    `UPDATE signal_streams SET due_at = $2 WHERE id IN (
       SELECT id FROM signal_streams WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE)
     AND delivery = 'push' AND due_at IS NULL`,
    [[...new Set(signals.map(({ streamId }) => streamId))], now],
    "signal_streams_due",
  );
  await sql.query(
    `INSERT INTO pending_signals (id, stream_id, type, subject, event, txn, of_stream, created_at)
     SELECT id, stream_id, type, subject, event, txn, of_stream, $2
     FROM ROWS FROM (json_to_recordset($1::json) AS (
       id uuid, stream_id uuid, type text, subject jsonb, event jsonb, txn text, of_stream boolean))
       WITH ORDINALITY AS signal
     ORDER BY signal.ordinality`,
    [storableJson(JSON.stringify(rows)), now],
    "signals_add",
  );
}
