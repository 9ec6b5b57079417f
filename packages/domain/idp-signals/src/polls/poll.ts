import { z } from "zod";
import { type Asking, askTransmitter } from "../ask.ts";
import { SignalFailure } from "../failure.ts";
import type { SetError } from "../sets/set.ts";

/** What is told of the answer before (RFC 8936, section 2.2). */
export interface Acknowledgement {
  /** By jti. */
  readonly acks: readonly string[];
  readonly refused: ReadonlyMap<string, { readonly err: SetError; readonly description: string }>;
}

/** By jti. */
export type PolledSets = ReadonlyMap<string, string>;

/** SETs of one answer. */
export const MOST_SETS = 100;
const MAX_BYTES = 2 * 1024 * 1024;
const MAX_VALUES = 1_000;
const TIMEOUT_MS = 10_000;
const MAX_SET = 64 * 1024;

const answer = z.object({ sets: z.record(z.string(), z.unknown()).default({}) });

/**
 * Polls a stream (RFC 8936, section 2.4): acknowledges what came before, and returns what there is, at once. Throws
 * `SignalFailure`.
 */
export async function poll(
  outbound: Asking,
  to: { readonly url: string; readonly token: string; readonly signal: AbortSignal },
  { acks, refused }: Acknowledgement,
  most: number,
): Promise<PolledSets> {
  const { body } = await askTransmitter(outbound, {
    ...{ method: "POST", url: to.url, token: to.token, signal: to.signal },
    ...{ maxBytes: MAX_BYTES, values: MAX_VALUES, timeoutMs: TIMEOUT_MS },
    body: {
      maxEvents: most,
      returnImmediately: true,
      ...(acks.length === 0 ? {} : { ack: acks }),
      ...(refused.size === 0 ? {} : { setErrs: Object.fromEntries(refused) }),
    },
  });
  const parsed = answer.safeParse(body ?? {});
  if (!parsed.success) {
    throw new SignalFailure("transmitter_invalid", "The answer to a poll has no object of sets.");
  }
  const sets = Object.entries(parsed.data.sets);
  if (sets.length > most) {
    throw new SignalFailure(
      "transmitter_invalid",
      `The answer to a poll holds ${sets.length} events, where ${most} were asked for at most.`,
    );
  }
  return new Map(
    sets.map(([jti, set]) => [jti, typeof set === "string" && set.length <= MAX_SET ? set : ""] as const),
  );
}
