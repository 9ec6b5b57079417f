import type { Identifier } from "../identifiers.ts";
import type { Refusal } from "../membership.ts";

/** The person may not sign in; nothing has changed. */
export class SignInRefused extends Error {
  readonly reason: Refusal;
  /** All by which the person was looked for in the organization's directories. */
  readonly compared: readonly Identifier[];

  constructor(reason: Refusal, compared: readonly Identifier[]) {
    super(reason);
    this.name = "SignInRefused";
    this.reason = reason;
    this.compared = compared;
  }
}
