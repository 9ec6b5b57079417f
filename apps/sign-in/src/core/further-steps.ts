import type { StoredConnection } from "@sallyport/connections";
import type { NormalizedIdentity } from "../identity/index.ts";
import type { LoginCause } from "./login-requests.ts";
import type { SignInForm } from "./sign-in-form.ts";
import type { UsedAssertion } from "./used-assertions.ts";

/**
 * Something that a person still has to do once their IdP has vouched for them and before they are signed in: show a
 * passkey, give consent. Steps come in the order of their list, each only when the one before has passed.
 */
export interface FurtherStep {
  /** For the login record; and a login that waits at a step finds it again by its name. */
  readonly name: string;
  /** The form to show; null where this login does not need the step. */
  ask(login: VerifiedLogin): Promise<SignInForm | null>;
  /**
   * Checks what the form brought. Null where the step has passed; a form to ask again. Throws `SignInFailure` to end the
   * login.
   */
  check(login: VerifiedLogin, fields: Readonly<Record<string, string>>): Promise<SignInForm | null>;
}

/** A login whose response was verified; nobody is signed in yet. */
export interface VerifiedLogin {
  readonly connection: StoredConnection;
  readonly identity: NormalizedIdentity;
  readonly assertion: UsedAssertion | null;
  readonly cause: LoginCause;
  /** Token of the browser that it belongs to. */
  readonly browser: string;
  readonly recordId: string;
}
