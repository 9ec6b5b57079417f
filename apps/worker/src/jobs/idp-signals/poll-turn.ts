import { newId } from "@sallyport/database";
import {
  type AccessTokens,
  type Acknowledgement,
  findSource,
  finishTurn,
  keyOf,
  MOST_SETS,
  noteTransmitter,
  type OwnStream,
  openCredential,
  type PolledSets,
  poll,
  SetRefused,
  SignalFailure,
  type SignalSource,
} from "@sallyport/idp-signals";
import { IdpFailure } from "@sallyport/oidc-client";
import type { PollerDeps } from "./poller.ts";

export interface TurnDeps extends PollerDeps {
  readonly tokens: AccessTokens;
  readonly stopping: AbortSignal;
}

const SECOND_MS = 1_000;
/** Between two polls of a stream that has nothing to tell. */
const POLLED_EVERY_MS = 5 * SECOND_MS;
/** Of a connection that is disabled. */
const LOOKED_AT_EVERY_MS = 60 * SECOND_MS;
/** Answers with events in one turn, before others have theirs. */
const MOST_ANSWERS = 5;
/** A turn that takes longer ends behind the answer that it is at, well within its lease. */
const TURN_MS = 20 * SECOND_MS;
const NOTHING: Acknowledgement = { acks: [], refused: new Map() };

/**
 * Asks a stream for its events until there are none: each answer is done event by event, then acknowledged by the next
 * request (RFC 8936, section 2.4). Whoever dies between the two has the same events sent again, and does nothing twice. Throws
 * `SignalFailure`, which is noted.
 */
export async function pollTurn(deps: TurnDeps, stream: OwnStream): Promise<void> {
  const { database, now } = deps;
  const source = await findSource(database.sql, stream.connectionId ?? "");
  if (source?.stream?.id !== stream.id || !source.active || stream.pollUrl === null) {
    const dueAt = new Date(now().getTime() + LOOKED_AT_EVERY_MS);
    return finishTurn(database.sql, stream, { polledAt: null, dueAt });
  }
  try {
    const refusal = await askUntilEmpty(deps, stream, source, stream.pollUrl);
    if (refusal !== null) {
      const error = { code: "event_refused", message: refusal, at: now() } as const;
      await noteTransmitter(database.sql, keyOf(source), { error });
    } else if (source.errorCode !== null && source.errorCode !== "event_refused") {
      await noteTransmitter(database.sql, keyOf(source), { error: null });
    }
  } catch (error) {
    if (error instanceof SignalFailure && !deps.stopping.aborted) {
      const { code, message } = error;
      await noteTransmitter(database.sql, keyOf(source), { error: { code, message, at: now() } });
    }
    throw error;
  }
}

/** Resolves to why an event was refused; null: none was. */
async function askUntilEmpty(
  deps: TurnDeps,
  stream: OwnStream,
  source: SignalSource,
  url: string,
): Promise<string | null> {
  const { database, now, stopping } = deps;
  const began = performance.now();
  const credential = openCredential(deps.secrets, stream);
  let told = NOTHING;
  let refusal: string | null = null;
  for (let answers = 0; ; answers += 1) {
    const goesOn = answers < MOST_ANSWERS && performance.now() - began < TURN_MS && !stopping.aborted;
    const token = await deps.tokens.of(stream.id, credential);
    const to = { url, token, signal: stopping };
    // The last one acknowledges alone: what it brought would not be acknowledged in this turn.
    const sets = await poll(deps.outbound, to, told, goesOn ? MOST_SETS : 0);
    if (sets.size === 0) {
      const dueAt = new Date(now().getTime() + (goesOn ? POLLED_EVERY_MS : SECOND_MS));
      await finishTurn(database.sql, stream, { polledAt: now(), dueAt });
      return refusal;
    }
    const done = await takeAll(deps, source, sets);
    told = done.told;
    refusal = done.refusal ?? refusal;
  }
}

/** Does what the events mean, in their order. What cannot be judged now is not acknowledged: it comes again. */
async function takeAll(
  { receiver }: TurnDeps,
  source: SignalSource,
  sets: PolledSets,
): Promise<{ readonly told: Acknowledgement; readonly refusal: string | null }> {
  const acks: string[] = [];
  const refused = new Map<string, { err: SetRefused["error"]; description: string }>();
  let refusal: string | null = null;
  for (const [jti, set] of sets) {
    try {
      await receiver.receive(source, set, newId(), jti);
      acks.push(jti);
    } catch (error) {
      if (error instanceof SetRefused) {
        refused.set(jti, { err: error.error, description: error.finding.message });
        refusal = `${error.finding.message} (${error.finding.code})`;
      } else if (error instanceof IdpFailure) {
        throw new SignalFailure("transmitter_unreachable", unreachable(error), { cause: error });
      } else {
        throw error;
      }
    }
  }
  return { told: { acks, refused }, refusal };
}

function unreachable({ finding }: IdpFailure): string {
  return finding.detail === undefined ? finding.message : `${finding.message} ${finding.detail}`;
}
