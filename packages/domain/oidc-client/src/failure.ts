/** What exactly is wrong with what an IdP said: for the connection's administrator, never for a page. */
export interface IdpFinding {
  /** Stable, snake_case. */
  readonly code: string;
  readonly message: string;
  /** What the connection's administrator does. */
  readonly fix: string;
  readonly detail?: string | undefined;
  /** The claim, parameter or header that is wrong. */
  readonly claim?: string | undefined;
  readonly expected?: unknown;
  readonly found?: unknown;
  /** How far the two clocks are apart where a time is wrong, and how much of that would have been tolerated. */
  readonly clock?:
    | { readonly differenceSeconds: number; readonly toleratedSeconds: number; readonly now: string }
    | undefined;
}

export type IdpFailureKind =
  /** The IdP does not answer, or not as an OpenID Provider does. */
  | "unreachable"
  /** It answered with an error of its own. */
  | "failed"
  /** It did not sign the person in. */
  | "refused"
  /** It answered, but not to this login or not truthfully. */
  | "invalid";

/** An IdP could not be used, or its answer is not accepted. */
export class IdpFailure extends Error {
  readonly kind: IdpFailureKind;
  readonly finding: IdpFinding;

  constructor(kind: IdpFailureKind, finding: IdpFinding, options?: ErrorOptions) {
    super(finding.code, options);
    this.name = "IdpFailure";
    this.kind = kind;
    this.finding = finding;
  }
}

/** The first of that kind among an error and its causes. */
export function causeOf<Kind extends Error>(
  error: unknown,
  kind: new (...parameters: never[]) => Kind,
): Kind | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof kind) {
      return cause;
    }
  }
  return null;
}
