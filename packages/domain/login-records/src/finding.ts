/** What exactly was found wrong with a login or a logout: for its record, never for the page. */
export interface Finding {
  /** Stable, snake_case. */
  readonly code: string;
  /** What happened. */
  readonly message: string;
  /** What the connection's administrator does. */
  readonly fix: string;
  readonly detail?: string | undefined;
}
