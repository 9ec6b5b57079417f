import type { Finding } from "@sallyport/login-records";

/** How single logout can fail, as the person in front of the browser is told of it. */
interface Entry {
  readonly status: number;
  readonly title: string;
  /** What happened. */
  readonly message: string;
  /** What the person does. */
  readonly advice: string;
  /** What the connection's administrator does; for the record. Default: `advice`. */
  readonly fix?: string;
}

const CLOSE_BROWSER = "To be sure that you are signed out everywhere, close all windows of this browser.";

/** Every reason why a sign-out ends on a page. The texts tell nothing that the browser did not already know. */
const LOGOUT_FAILURES = {
  request_malformed: {
    status: 400,
    title: "This request is not complete",
    message: "It is where sign-in services announce that somebody signs out, and cannot be opened by hand.",
    advice: "Sign out in the application instead.",
    fix: "In the IdP, check the binding of this application's single logout URL: HTTP-Redirect by GET, HTTP-POST by POST.",
  },
  request_too_large: {
    status: 413,
    title: "This request is too large",
    message: "The message of your sign-in service is larger than we accept.",
    advice: CLOSE_BROWSER,
  },
  method_not_allowed: {
    status: 405,
    title: "This address is not a page",
    message: "It is where sign-in services announce that somebody signs out, and cannot be opened by hand.",
    advice: "Sign out in the application instead.",
  },
  too_many_refused: {
    status: 429,
    title: "Too many requests",
    message: "Several messages from this address were refused in a row.",
    advice: "Try again in a minute.",
  },
  connection_unknown: {
    status: 404,
    title: "We do not know this sign-in service",
    message: "The connection that was asked for does not exist.",
    advice: "Check the address that you opened, or ask your administrator.",
  },
  connection_disabled: {
    status: 403,
    title: "This connection is turned off",
    message: "Your administrator has disabled it; nobody is signed in by it any more.",
    advice: "There is nothing left to do.",
    fix: "Enable the connection, or remove its single logout URL from the IdP.",
  },
  logout_invalid: {
    status: 400,
    title: "The sign-out could not be accepted",
    message: "What your sign-in service sent did not pass our checks.",
    advice: `Sign out in the application instead. ${CLOSE_BROWSER}`,
  },
  logout_replayed: {
    status: 400,
    title: "This sign-out was used already",
    message: "A message counts once. You may have pressed Back, or reloaded the page.",
    advice: "There is nothing left to do.",
    fix: "Nothing, where it happens once in a while. Else the IdP sends one logout request twice.",
  },
  logout_unknown: {
    status: 400,
    title: "This sign-out has ended",
    message: "It was finished already, took too long, or was started in another browser.",
    advice: CLOSE_BROWSER,
    fix: "Nothing, where it happens once in a while. Else check that the IdP returns RelayState and InResponseTo.",
  },
  unavailable: {
    status: 503,
    title: "Signing out does not work at the moment",
    message: "A server that we need does not answer.",
    advice: "Wait a few seconds, then reload this page.",
  },
  internal_error: {
    status: 500,
    title: "Something went wrong on our side",
    message: "This is not your fault.",
    advice: `Sign out in the application instead. ${CLOSE_BROWSER}`,
  },
} as const satisfies Record<string, Entry>;

export type LogoutFailureCode = keyof typeof LOGOUT_FAILURES;

/** Ends a sign-out on the page of `code`. */
export class LogoutFailure extends Error {
  readonly code: LogoutFailureCode;
  readonly finding: Finding;
  /** When another try makes sense, in seconds; where it is known. */
  readonly retryAfter: number | undefined;

  constructor(
    code: LogoutFailureCode,
    options: { finding?: Finding; retryAfter?: number; cause?: unknown } = {},
  ) {
    super(code, { cause: options.cause });
    this.name = "LogoutFailure";
    this.code = code;
    this.finding = options.finding ?? findingOf(code);
    this.retryAfter = options.retryAfter;
  }
}

export function logoutFailureEntry(code: LogoutFailureCode): Entry {
  return LOGOUT_FAILURES[code];
}

function findingOf(code: LogoutFailureCode): Finding {
  const { message, advice, fix } = logoutFailureEntry(code);
  return { code, message, fix: fix ?? advice };
}
