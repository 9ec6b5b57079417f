import type { Database } from "@sallyport/database";
import type { BrowserCookie } from "@sallyport/http";
import type { Interactions, WaitingSessions } from "@sallyport/interactions";
import type { AttemptLimit } from "@sallyport/limits";
import type { Logger } from "@sallyport/logging";
import type { Outbound } from "@sallyport/outbound";
import type { SecretBox } from "@sallyport/secrets";
import type { FurtherStep } from "./further-steps.ts";
import type { ConnectionProtocol } from "./protocol.ts";

/** What sign-in is given. */
export interface SignInDeps {
  readonly database: Database;
  readonly log: Logger;
  /** Base URL without a slash at its end. */
  readonly publicUrl: string;
  readonly now: () => Date;
  readonly secrets: SecretBox;
  readonly outbound: Outbound;
  /** Called when an IdP's metadata is to be fetched again. Never throws, never blocks. */
  readonly requestMetadata: () => void;
  /** Sign-ins that may be started and come to nothing. Default: no limit. */
  readonly attempts?: AttemptLimit;
}

/** What a login needs up to the IdP. */
export interface StartContext extends SignInDeps {
  readonly cookie: BrowserCookie;
  readonly protocols: readonly ConnectionProtocol[];
}

/** And from there back to the application. */
export interface SignInContext extends StartContext {
  readonly interactions: Interactions;
  readonly waitingSessions: WaitingSessions;
  readonly furtherSteps: readonly FurtherStep[];
}
