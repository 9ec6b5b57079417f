import {
  deleteStream,
  forgetStream,
  type OwnStream,
  openCredential,
  SignalFailure,
} from "@sallyport/idp-signals";
import type { TurnDeps } from "./poll-turn.ts";

/** A transmitter that fails for longer keeps its stream: nothing that it sends is taken. */
const TRIED_FOR_MS = 24 * 60 * 60 * 1_000;

/** Deletes a stream at its transmitter, and then what is known of it. Throws `SignalFailure`: it is tried again. */
export async function deleteThere(deps: TurnDeps, stream: OwnStream): Promise<void> {
  const { database, log, now, outbound } = deps;
  const { id, organizationId, configurationEndpoint: endpoint, streamId } = stream;
  try {
    const token = await deps.tokens.of(id, openCredential(deps.secrets, stream));
    await deleteStream({ outbound, token }, { endpoint, streamId });
  } catch (error) {
    const since = stream.failingSince?.getTime() ?? now().getTime();
    if (!(error instanceof SignalFailure) || now().getTime() - since < TRIED_FOR_MS) {
      throw error;
    }
    log.warn({ organizationId, streamId, reason: error.message }, "A stream stays at its transmitter");
  }
  await forgetStream(database.sql, stream);
}
