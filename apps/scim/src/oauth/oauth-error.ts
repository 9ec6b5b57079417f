/** Every way in which the token endpoint refuses: RFC 6749 §5.2, and what HTTP has a status for. */
const OAUTH_ERRORS = {
  invalid_request: 400,
  invalid_client: 401,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  /** Of §4.1.2.1, for what will work later: no other code of OAuth's says so. */
  temporarily_unavailable: 429,
  server_error: 500,
} as const;

export type OAuthErrorCode = keyof typeof OAUTH_ERRORS;

/** A refusal that an OAuth client may read. */
export class OAuthError extends Error {
  readonly code: OAuthErrorCode;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  /** @param description what happened and what to do, in printable ASCII without `"` and `\` (§5.2) */
  constructor(
    code: OAuthErrorCode,
    description: string,
    options: { readonly headers?: Readonly<Record<string, string>>; readonly status?: number } = {},
  ) {
    super(description);
    this.name = "OAuthError";
    this.code = code;
    this.status = options.status ?? OAUTH_ERRORS[code];
    this.headers = options.headers ?? {};
  }
}
