import type { Database } from "@sallyport/database";
import { exclusionOf, type SubjectIdentifier } from "../subjects.ts";
import { lockStream } from "./stream.ts";

/** More than anybody can mean: who leaves out so many wants another stream. */
const MOST_EXCLUSIONS = 10_000;

export interface SubjectChange {
  readonly applicationId: string;
  readonly streamId: string;
  readonly subject: SubjectIdentifier;
  readonly issuer: string;
}

/**
 * A stream has everybody in it whom its application may hear of (`default_subjects` is ALL: SSF 1.0, section 7.1), but for
 * those whom its receiver removed. What became of it says nothing of whether the subject is known (section 9.1).
 */
export async function removeSubject(
  database: Database,
  { applicationId, streamId, subject, issuer }: SubjectChange,
): Promise<"done" | "unknown" | "too_many"> {
  return database.transaction(async (sql) => {
    if ((await lockStream(sql, applicationId, streamId)) === null) {
      return "unknown";
    }
    const excluded = exclusionOf(subject, issuer);
    if (excluded === null) {
      return "done";
    }
    const { rows } = await sql.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM signal_stream_exclusions WHERE stream_id = $1",
      [streamId],
      "signal_exclusions_count",
    );
    if ((rows[0]?.count ?? 0) >= MOST_EXCLUSIONS) {
      return "too_many";
    }
    await sql.query(
      "INSERT INTO signal_stream_exclusions (stream_id, subject) VALUES ($1, $2) ON CONFLICT DO NOTHING",
      [streamId, excluded],
      "signal_exclusions_add",
    );
    return "done";
  });
}

/** Takes back a removal. */
export async function addSubject(
  database: Database,
  { applicationId, streamId, subject, issuer }: SubjectChange,
): Promise<"done" | "unknown"> {
  return database.transaction(async (sql) => {
    if ((await lockStream(sql, applicationId, streamId)) === null) {
      return "unknown";
    }
    await sql.query(
      "DELETE FROM signal_stream_exclusions WHERE stream_id = $1 AND subject = $2",
      [streamId, exclusionOf(subject, issuer)],
      "signal_exclusions_remove",
    );
    return "done";
  });
}
