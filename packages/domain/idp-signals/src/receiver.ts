import type { Database } from "@sallyport/database";
import { createSigners, IdpFailure } from "@sallyport/oidc-client";
import type { Outbound } from "@sallyport/outbound";
import { SignalFailure } from "./failure.ts";
import { actOn } from "./sets/act.ts";
import { ASYMMETRIC, checkSet, SetRefused } from "./sets/set.ts";
import { expectedOf, keyOf, type SignalSource } from "./source.ts";
import { knownTransmitter } from "./transmitters/look.ts";
import { noteTransmitter } from "./transmitters/store.ts";

export interface SignalReceiverDeps {
  readonly database: Database;
  /** For what tenants name: transmitters and their keys. */
  readonly outbound: Outbound;
  /** Base URL without a slash at its end. */
  readonly publicUrl: string;
  readonly now: () => Date;
  /** Sessions have ended: applications are to be told. Never throws. */
  readonly requestLogout: () => void;
}

/** Takes security events, however they come: pushed, or in the answer to a poll. */
export interface SignalReceiver {
  /**
   * Checks a SET and does what it means; nothing where that was done before. Throws `SetRefused`, or `IdpFailure` of kind
   * "unreachable" where the keys cannot be had now.
   */
  receive(source: SignalSource, set: string, requestId: string, listedAs?: string): Promise<void>;
}

export function createSignalReceiver(deps: SignalReceiverDeps): SignalReceiver {
  const signers = createSigners(deps);
  const { sql } = deps.database;

  async function jwksUriOf(source: SignalSource): Promise<string> {
    const byHand = source.settings.jwksUri;
    if (byHand !== undefined) {
      return byHand;
    }
    try {
      const { jwksUri } = await knownTransmitter({ ...deps, sql }, source);
      if (jwksUri !== undefined) {
        return jwksUri;
      }
    } catch (error) {
      throw error instanceof SignalFailure ? noKeys(error.message, error) : error;
    }
    const message = "The transmitter's configuration names no jwks_uri. Give jwksUri by hand.";
    await noteTransmitter(sql, keyOf(source), {
      error: { code: "transmitter_invalid", message, at: deps.now() },
    });
    throw noKeys(message);
  }

  return {
    async receive(source, set, requestId, listedAs) {
      const now = deps.now();
      const event = checkSet(set, expectedOf(source, deps.publicUrl), now);
      if (listedAs !== undefined && listedAs !== event.jti) {
        throw new SetRefused("invalid_request", "listed_otherwise", "jti", listedAs, event.jti);
      }
      const keys = signers.of(source.speaker.connection.id, await jwksUriOf(source));
      await verified(keys.verify(set, ASYMMETRIC));
      await actOn(deps, { source, event, requestId, now });
    },
  };
}

function noKeys(detail: string, cause?: unknown): IdpFailure {
  return new IdpFailure(
    "unreachable",
    {
      code: "signal_keys_unknown",
      message: "Where the transmitter's keys are could not be looked up.",
      fix: "Check the issuer of the connection's signals, and what its /.well-known/ssf-configuration says.",
      detail,
    },
    { cause },
  );
}

/** What the signature says against it is the transmitter's key, and nothing else. */
async function verified(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (error instanceof IdpFailure && error.kind !== "unreachable") {
      throw new SetRefused(
        "invalid_key",
        "signature_invalid",
        "the signature",
        "one by the JWKS",
        null,
        error,
      );
    }
    throw error;
  }
}
