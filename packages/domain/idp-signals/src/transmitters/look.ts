import type { Sql } from "@sallyport/database";
import type { Asking } from "../ask.ts";
import { SignalFailure } from "../failure.ts";
import { keyOf, type SignalSource } from "../source.ts";
import { readConfiguration, type TransmitterConfiguration } from "./configuration.ts";
import { noteTransmitter } from "./store.ts";

/** What was read is good for that long; endpoints and keys move now and then. */
const GOOD_FOR_MS = 60 * 60 * 1_000;
/** What could not be read is not asked for again so soon, whoever sends events. */
const PAUSE_MS = 30 * 1_000;

interface Deps {
  readonly sql: Sql;
  readonly outbound: Asking;
  readonly now: () => Date;
}

/** What a transmitter says of itself now, noted. Throws `SignalFailure`, which is noted, too. */
export async function lookAtTransmitter(
  { sql, outbound, now }: Deps,
  source: SignalSource,
): Promise<TransmitterConfiguration> {
  try {
    const configuration = await readConfiguration(outbound, source.settings.issuer);
    await noteTransmitter(sql, keyOf(source), { configuration, checkedAt: now() });
    return configuration;
  } catch (error) {
    if (error instanceof SignalFailure) {
      const { code, message } = error;
      await noteTransmitter(sql, keyOf(source), { checkedAt: now(), error: { code, message, at: now() } });
    }
    throw error;
  }
}

/** The same as it was read lately; where it cannot be read anew, as it was read before. Throws `SignalFailure`. */
export async function knownTransmitter(deps: Deps, source: SignalSource): Promise<TransmitterConfiguration> {
  const { configuration, checkedAt } = source;
  const age = checkedAt === null ? Infinity : deps.now().getTime() - checkedAt.getTime();
  if (age < (configuration === null ? PAUSE_MS : GOOD_FOR_MS)) {
    if (configuration === null) {
      throw new SignalFailure(
        "transmitter_unreachable",
        "The transmitter's configuration could not be read just now.",
      );
    }
    return configuration;
  }
  try {
    return await lookAtTransmitter(deps, source);
  } catch (error) {
    if (configuration === null || !(error instanceof SignalFailure)) {
      throw error;
    }
    return configuration;
  }
}
