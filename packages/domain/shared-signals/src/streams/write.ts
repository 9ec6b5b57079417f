import { type Database, newId, type Sql } from "@sallyport/database";
import { sealContext } from "@sallyport/encryption-keys";
import { difference, type EventDraft, type Origin, pick, recordEvents } from "@sallyport/events";
import type { SecretBox } from "@sallyport/secrets";
import type { SubjectFormat } from "../subjects.ts";
import { findStream, lockStream, type Stream } from "./stream.ts";

/** How SETs go out: one replaces the other as a whole, so no address is given what another one was authorized by. */
export type Delivery =
  | { readonly method: "poll" }
  | { readonly method: "push"; readonly endpointUrl: string; readonly authorization: string | null };

/** What a receiver says of its stream. */
export interface StreamSettings {
  readonly delivery: Delivery;
  readonly eventsRequested: readonly string[];
  readonly subjectFormat: SubjectFormat;
  readonly description: string | null;
}

export interface StreamWriter {
  readonly database: Database;
  readonly secrets: SecretBox;
  readonly now: () => Date;
}

/** Of one application: several receivers may share it, and nobody fills tables. */
const MOST_STREAMS = 10;

/** Null where the application has as many as it may. */
export async function createStream(
  { database, secrets, now }: StreamWriter,
  applicationId: string,
  settings: StreamSettings,
  origin: Origin,
): Promise<Stream | null> {
  const id = newId();
  return database.transaction(async (sql) => {
    await sql.query("SELECT id FROM applications WHERE id = $1 FOR NO KEY UPDATE", [applicationId]);
    const { rows } = await sql.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM signal_streams WHERE application_id = $1",
      [applicationId],
      "signal_streams_count",
    );
    if ((rows[0]?.count ?? 0) >= MOST_STREAMS) {
      return null;
    }
    const { eventsRequested, subjectFormat, description } = settings;
    await sql.query(
      `INSERT INTO signal_streams (id, application_id, delivery, endpoint_url, "authorization", events_requested,
                                   subject_format, description, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)`,
      [
        id,
        applicationId,
        ...deliveryColumns(secrets, id, settings.delivery),
        eventsRequested,
        subjectFormat,
        description,
        now(),
      ],
    );
    const stream = await found(sql, applicationId, id);
    await record(sql, stream, origin, { type: "signal_stream.created", after: told(stream, true) });
    return stream;
  });
}

/** What is left out of `settings` stays. Null where the application has no such stream. */
export async function updateStream(
  { database, secrets, now }: StreamWriter,
  { applicationId, id }: { readonly applicationId: string; readonly id: string },
  settings: Partial<StreamSettings>,
  origin: Origin,
): Promise<Stream | null> {
  return database.transaction(async (sql) => {
    const before = await lockStream(sql, applicationId, id);
    if (before === null) {
      return null;
    }
    const { delivery, eventsRequested, subjectFormat, description } = settings;
    if (delivery !== undefined) {
      await sql.query(
        `UPDATE signal_streams SET delivery = $2, endpoint_url = $3, "authorization" = $4, attempts = 0, last_error = NULL,
                last_error_status = NULL, last_error_at = NULL, due_at = CASE WHEN $2 = 'push' THEN $5::timestamptz END WHERE id = $1`,
        [id, ...deliveryColumns(secrets, id, delivery), now()],
        "signal_streams_set_delivery",
      );
    }
    await sql.query(
      `UPDATE signal_streams SET events_requested = coalesce($2, events_requested),
              subject_format = coalesce($3, subject_format),
              description = CASE WHEN $4 THEN $5 ELSE description END, updated_at = $6 WHERE id = $1`,
      [
        id,
        eventsRequested ?? null,
        subjectFormat ?? null,
        description !== undefined,
        description ?? null,
        now(),
      ],
      "signal_streams_update",
    );
    const stream = await found(sql, applicationId, id);
    const changed = difference(told(before), told(stream));
    if (changed !== null || delivery !== undefined) {
      const { before: was = {}, after: is = {} } = changed ?? {};
      await record(sql, stream, origin, {
        type: "signal_stream.updated",
        before: was,
        after: is,
        data: { applicationId },
      });
    }
    return stream;
  });
}

/** With all that was still to be delivered, also by an operator. False where the application has no such stream. */
export async function deleteStream(
  { database }: StreamWriter,
  { applicationId, id }: { readonly applicationId: string; readonly id: string },
  origin: Origin,
): Promise<boolean> {
  return database.transaction(async (sql) => {
    const stream = await lockStream(sql, applicationId, id);
    if (stream === null) {
      return false;
    }
    await sql.query("DELETE FROM signal_streams WHERE id = $1", [id], "signal_streams_delete");
    await record(sql, stream, origin, { type: "signal_stream.deleted", before: told(stream, true) });
    return true;
  });
}

async function found(sql: Sql, applicationId: string, id: string): Promise<Stream> {
  const stream = await findStream(sql, applicationId, id);
  if (stream === null) {
    throw new Error("A stream that was just written is gone");
  }
  return stream;
}

function deliveryColumns(secrets: SecretBox, id: string, delivery: Delivery) {
  if (delivery.method === "poll") {
    return ["poll", null, null];
  }
  const { endpointUrl, authorization } = delivery;
  const sealed =
    authorization === null
      ? null
      : secrets.seal(authorization, sealContext("signal_streams.authorization", id));
  return ["push", endpointUrl, sealed];
}

const TOLD = ["delivery", "endpointUrl", "eventsRequested", "subjectFormat"] as const;

function told(stream: Stream): Pick<Stream, (typeof TOLD)[number]>;
function told(stream: Stream, whose: true): Pick<Stream, "applicationId" | (typeof TOLD)[number]>;
function told(stream: Stream, whose?: true) {
  return pick(stream, whose === undefined ? [...TOLD] : ["applicationId", ...TOLD]);
}

type Told = Extract<EventDraft, { readonly resource: { readonly type: "signalStream" } }>;
type Draft<Each = Told> = Each extends Told ? Omit<Each, "organizationId" | "resource"> : never;

async function record(sql: Sql, { id }: Stream, origin: Origin, event: Draft): Promise<void> {
  const resource = { type: "signalStream", id } as const;
  await recordEvents(sql, [{ organizationId: null, resource, ...origin, ...event }]);
}
