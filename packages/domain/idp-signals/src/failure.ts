export type SignalFailureCode =
  /** There was no answer, or the gateway may not ask there. */
  | "transmitter_unreachable"
  /** It answered 5xx or 429: later it may go well. */
  | "transmitter_busy"
  /** It does not take the credential. */
  | "transmitter_unauthorized"
  /** It answered otherwise than it should have. */
  | "transmitter_refused"
  /** What it answered cannot be used. */
  | "transmitter_invalid"
  /** A security event in its answer to a poll was refused. */
  | "event_refused";

/**
 * Why a transmitter could not be used. The message is for the connection's administrator, and holds nothing that the
 * transmitter may have taken from our request.
 */
export class SignalFailure extends Error {
  readonly code: SignalFailureCode;
  /** `Retry-After`, as it was sent. */
  readonly retryAfter: string | null;

  constructor(
    code: SignalFailureCode,
    message: string,
    options: { readonly cause?: unknown; readonly retryAfter?: string | null } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "SignalFailure";
    this.code = code;
    this.retryAfter = options.retryAfter ?? null;
  }
}
