import type { Database } from "@sallyport/database";
import { type Origin, recordEvents } from "@sallyport/events";
import { STREAM_EVENT_TYPES } from "../event-types.ts";
import { addSignals } from "../sets/add.ts";
import { ofStream } from "./status.ts";
import { lockStream } from "./stream.ts";

/** `min_verification_interval`. */
export const VERIFICATION_SECONDS = 10;

export type Verification =
  | { readonly is: "asked" | "unknown" | "disabled" }
  | { readonly is: "too_soon"; readonly waitSeconds: number };

/**
 * Has a verification event sent over the stream (SSF 1.0, section 8.1.4.2). `state`: what its receiver asked to have sent
 * along. `operator`: who asked, where the receiver did not.
 */
export async function requestVerification(
  { database, now }: { readonly database: Database; readonly now: () => Date },
  { applicationId, id }: { readonly applicationId: string; readonly id: string },
  { state, operator }: { readonly state?: string | undefined; readonly operator?: Origin },
): Promise<Verification> {
  const at = now();
  return database.transaction(async (sql) => {
    const stream = await lockStream(sql, applicationId, id);
    if (stream === null || stream.status === "disabled") {
      return { is: stream === null ? "unknown" : "disabled" };
    }
    const { rows } = await sql.query<{ verified_at: Date | null }>(
      "SELECT verified_at FROM signal_streams WHERE id = $1",
      [id],
      "signal_streams_verified_at",
    );
    const next = (rows[0]?.verified_at?.getTime() ?? 0) + VERIFICATION_SECONDS * 1_000;
    if (next > at.getTime()) {
      return { is: "too_soon", waitSeconds: Math.ceil((next - at.getTime()) / 1_000) };
    }
    await sql.query(
      "UPDATE signal_streams SET verified_at = $2 WHERE id = $1",
      [id, at],
      "signal_streams_verify",
    );
    const event = state === undefined ? {} : { state };
    await addSignals(
      sql,
      [{ streamId: id, type: STREAM_EVENT_TYPES.verification, subject: ofStream(id), event }],
      at,
    );
    if (operator !== undefined) {
      await recordEvents(sql, [
        {
          organizationId: null,
          type: "signal_stream.verification_requested",
          ...operator,
          resource: { type: "signalStream", id },
          data: { applicationId },
        },
      ]);
    }
    return { is: "asked" };
  });
}
