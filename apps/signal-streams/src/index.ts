import type { Database } from "@sallyport/database";
import type { Logger } from "@sallyport/logging";
import type { SecretBox } from "@sallyport/secrets";
import type { SigningKeys } from "@sallyport/signing-keys";
import { Router } from "express";
import { createTransmitterRouter } from "./transmitter/router.ts";

export interface SignalStreamsDeps {
  readonly database: Database;
  readonly log: Logger;
  /** The issuer: scheme, host and port, no path. */
  readonly publicUrl: string;
  readonly now: () => Date;
  readonly secrets: SecretBox;
  readonly signingKeys: SigningKeys;
  /** Aborted when the process is about to stop: polls that wait are answered. */
  readonly stopping?: AbortSignal;
}

// Shared Signals over HTTP (OpenID Shared Signals Framework 1.0):
//
//   transmitter/router.ts      what an application calls for the streams that it receives
//   transmitter/authorize.ts   … with an access token of its own (client credentials)
//   transmitter/poll.ts        RFC 8936; RFC 8935 is the worker's (jobs/signals)

/** Streams of security events to applications. To be mounted at the root. */
export function createSignalStreams(deps: SignalStreamsDeps): Router {
  const router = Router();
  router.use(createTransmitterRouter(deps));
  return router;
}
