export type OutboundErrorCode =
  | "outbound_url_invalid"
  | "outbound_scheme_refused"
  | "outbound_address_refused"
  | "outbound_redirect_refused"
  | "outbound_encoding_refused"
  | "outbound_too_large"
  | "outbound_timeout"
  | "outbound_failed";

/** Why a URL was not fetched. The message may be shown to whoever supplied it. */
export class OutboundError extends Error {
  readonly code: OutboundErrorCode;
  /** Node's code of what went wrong underneath: ECONNREFUSED, CERT_HAS_EXPIRED. */
  readonly reason: string | undefined;

  constructor(
    code: OutboundErrorCode,
    message: string,
    options?: ErrorOptions & { reason?: string | undefined },
  ) {
    super(message, options);
    this.name = "OutboundError";
    this.code = code;
    this.reason = options?.reason;
  }
}
