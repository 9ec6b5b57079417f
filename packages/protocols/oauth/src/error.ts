/** The error codes by which our endpoints refuse, with the status of each. */
const STATUS = {
  // RFC 6749, section 5.2.
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  // RFC 6750, section 3.1.
  invalid_token: 401,
  insufficient_scope: 403,
  // OAuth has no name for these (RFC 9110, sections 15.5.6, 15.5.11 and 15.6.1).
  cursor_expired: 410,
  method_not_allowed: 405,
  server_error: 500,
  // RFC 6749, section 4.1.2.1: no other code says that it may work later.
  temporarily_unavailable: 429,
} as const;

export type OAuthErrorCode = keyof typeof STATUS;

/** The body of an answer that refuses (RFC 6749, section 5.2). */
export interface OAuthErrorDocument {
  readonly error: OAuthErrorCode;
  readonly error_description: string;
}

/** A refusal that the OAuth client may read. */
export class OAuthError extends Error {
  readonly code: OAuthErrorCode;
  readonly status: number;
  /** Headers of the answer, their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;

  /**
   * @param description what happened and what to do, in printable ASCII without `"` and `\` (RFC 6749, section 5.2)
   * @param options.challenge value of WWW-Authenticate, where the answer is to carry one
   * @param options.status in place of the code's own
   */
  constructor(
    code: OAuthErrorCode,
    description: string,
    options: {
      readonly status?: number;
      readonly challenge?: string | undefined;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(description);
    this.name = "OAuthError";
    this.code = code;
    this.status = options.status ?? STATUS[code];
    const { challenge, headers = {} } = options;
    this.headers = challenge === undefined ? headers : { ...headers, "www-authenticate": challenge };
  }

  get document(): OAuthErrorDocument {
    return { error: this.code, error_description: this.message };
  }
}
