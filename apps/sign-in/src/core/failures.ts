import { defined } from "@sallyport/defined";
import type { Finding } from "@sallyport/login-records";

/** How a sign-in can fail, as shown to the person in front of the browser. */
interface Entry {
  readonly status: number;
  readonly title: string;
  /** What happened. */
  readonly message: string;
  /** What the person does. */
  readonly advice: string;
  /** What the connection's administrator does; for the login record. Default: `advice`. */
  readonly fix?: string;
  /** What the application is told when the person returns to it. Default: access_denied. */
  readonly oauthError?: "access_denied" | "temporarily_unavailable" | "login_required";
  /** The same sign-in may well work the next time. */
  readonly retry?: true;
}

const START_AGAIN = "Go back to the application and sign in again.";
const ASK_ADMIN = "Ask your administrator for help, and give them the request id below.";

/**
 * Every reason why a sign-in ends on a page. The texts reveal nothing that the browser did not already know: why a
 * forged or misconfigured message was refused stands in the login record, so that no page is an oracle.
 */
export const SIGN_IN_FAILURES = {
  // The request itself
  request_malformed: {
    status: 400,
    title: "This request is not complete",
    message: "Your browser sent something that this page does not understand.",
    advice: START_AGAIN,
  },
  request_too_large: {
    status: 413,
    title: "This request is too large",
    message: "The answer of your sign-in service is larger than we accept.",
    advice: ASK_ADMIN,
    fix: "Send fewer attributes or groups: filter them in the IdP.",
  },
  method_not_allowed: {
    status: 405,
    title: "This address is not a page",
    message: "It is where sign-in services send their answers, and cannot be opened by hand.",
    advice: "Go to the application and sign in from there.",
  },
  form_stale: {
    status: 403,
    title: "This form is no longer valid",
    message: "It was not sent from the page that we gave to this browser.",
    advice: `${START_AGAIN} Cookies must be allowed for this site.`,
    retry: true,
  },

  too_many_attempts: {
    status: 429,
    title: "Too many sign-ins at once",
    message: "From your network many sign-ins were started and not finished.",
    advice: "Wait a moment, then go back to the application and sign in again.",
    oauthError: "temporarily_unavailable",
    retry: true,
  },

  // Where to sign in
  interaction_unknown: {
    status: 404,
    title: "This sign-in has ended",
    message: "It was finished already, took too long, or was started in another browser.",
    advice: START_AGAIN,
  },
  browser_unknown: {
    status: 404,
    title: "This browser did not start this sign-in",
    message: "It was started in another browser, or cookies are blocked here.",
    advice: "Allow cookies for this site, go back to the application and sign in again, all in this browser.",
  },
  organization_unknown: {
    status: 404,
    title: "We do not know this organization",
    message: "The application asked for an organization that does not exist here.",
    advice: "Check the address that you opened, or ask the application's support.",
  },
  organization_without_connection: {
    status: 404,
    title: "Single sign-on is not set up",
    message: "Your organization has no way to sign in yet.",
    advice: ASK_ADMIN,
    fix: "Add a connection to the organization.",
  },
  domain_unknown: {
    status: 404,
    title: "We do not know this domain",
    message: "No organization signs in with this email domain.",
    advice: "Check the address for typing errors, or ask your administrator.",
    fix: "Verify the domain for the organization.",
  },
  connection_unknown: {
    status: 404,
    title: "We do not know this sign-in service",
    message: "The connection that was asked for does not exist.",
    advice: "Check the address that you opened, or ask your administrator.",
  },
  connection_disabled: {
    status: 403,
    title: "This way to sign in is turned off",
    message: "Your administrator has disabled this connection.",
    advice: ASK_ADMIN,
    fix: "Enable the connection, or sign in by another one.",
  },

  // The way to the IdP and back
  idp_unreachable: {
    status: 502,
    title: "Your sign-in service does not answer",
    message: "We could not reach your organization's sign-in service, or it did not answer as it should.",
    advice: "Try again in a moment. If it stays, ask your administrator.",
    fix: "Check the issuer URL, and that its discovery document and endpoints are reachable from the gateway.",
    oauthError: "temporarily_unavailable",
    retry: true,
  },
  idp_failed: {
    status: 400, // anybody can bring an error to the callback: a 5xx would ring the operator's bell
    title: "Your sign-in service reported a problem",
    message: "Your organization's sign-in service could not sign you in at the moment.",
    advice: "Try again in a moment. If it stays, ask your administrator.",
    fix: "Look at the answer in the login record and at the IdP's own log.",
    oauthError: "temporarily_unavailable",
    retry: true,
  },
  idp_refused: {
    status: 403,
    title: "Your sign-in service said no",
    message:
      "Your organization's sign-in service did not sign you in. You may have cancelled, or have no access.",
    advice: `Try again, or: ${ASK_ADMIN.toLowerCase()}`,
    fix: "Assign the person to the application in the IdP; the login record holds its answer.",
    retry: true,
  },
  response_unsolicited: {
    status: 400,
    title: "Please start at the application",
    message: "This sign-in was not started here, so it cannot be accepted.",
    advice: "Open the application and sign in from there.",
    fix: "Link to the application's own sign-in address in the IdP's portal; or allow IdP-initiated sign-ins on the connection (idpInitiated).",
  },
  idp_initiated_loop: {
    status: 400,
    title: "Your sign-in service goes round in circles",
    message: "It does not answer what we ask it, but sends you here again.",
    advice: `Open the application and sign in from there. If it stays: ${ASK_ADMIN.toLowerCase()}`,
    fix: "The IdP sends unsolicited responses (without InResponseTo) where it is sent an AuthnRequest. Have it answer requests, or do not allow IdP-initiated sign-ins on the connection.",
  },
  landing_missing: {
    status: 404,
    title: "There is nowhere to go",
    message: "The application that your sign-in service leads to takes nobody in this way.",
    advice: "Open the application and sign in from there.",
    fix: "Set the application's initiateLoginUri, or choose another application in the connection's idpInitiated.",
  },
  cookies_blocked: {
    status: 403,
    title: "Cookies are blocked",
    message: "Your browser does not keep the cookies of this site, and without them nobody can sign in here.",
    advice: "Allow cookies for this site and try again.",
  },
  login_unknown: {
    status: 400,
    title: "We do not know this sign-in",
    message: "The answer belongs to no sign-in that was started here.",
    advice: START_AGAIN,
  },
  login_expired: {
    status: 400,
    title: "This sign-in took too long",
    message: "More than ten minutes went by since it was started.",
    advice: START_AGAIN,
    retry: true,
  },
  login_used: {
    status: 400,
    title: "This sign-in was used already",
    message: "An answer counts once. You may have pressed Back, or reloaded the page.",
    advice: START_AGAIN,
    retry: true,
  },
  login_other_browser: {
    status: 403,
    title: "This sign-in was started elsewhere",
    message: "It was started in another browser, or cookies are blocked here.",
    advice: "Allow cookies for this site, go back to the application and sign in again, all in this browser.",
    retry: true,
  },
  response_invalid: {
    status: 400,
    title: "The answer could not be accepted",
    message: "What your sign-in service sent did not pass our checks.",
    advice: ASK_ADMIN,
    retry: true,
  },
  login_not_fresh: {
    status: 403,
    title: "Please sign in once more",
    message:
      "You have to prove again who you are, and your sign-in service remembered you instead of asking.",
    advice: "Sign out of your sign-in service and try again. If it stays, ask your administrator.",
    fix: "Have the IdP honor ForceAuthn (SAML) or prompt=login (OpenID Connect), or do not ask for it.",
    oauthError: "login_required",
    retry: true,
  },
  auth_time_missing: {
    status: 403,
    title: "Your sign-in service does not say when you signed in",
    message: "You have to prove again who you are, and it does not tell us whether you did.",
    advice: ASK_ADMIN,
    fix: "Have the IdP put auth_time into the ID token (in Entra ID an optional claim of the app registration), or do not ask for a new sign-in (prompt=login, max_age) in the application.",
    oauthError: "login_required",
  },
  response_replayed: {
    status: 400,
    title: "This sign-in was used already",
    message: "An answer counts once. You may have pressed Back, or reloaded the page.",
    advice: START_AGAIN,
    retry: true,
  },

  // Who signed in
  identity_unusable: {
    status: 403,
    title: "Your sign-in service does not say who you are",
    message: "Its answer is valid, but holds nothing that identifies you the next time.",
    advice: ASK_ADMIN,
    retry: true,
  },
  membership_suspended: {
    status: 403,
    title: "Your access is suspended",
    message: "You are known to this organization, but your access is not active.",
    advice: ASK_ADMIN,
    fix: "Reactivate the person in the directory, or in the organization's members.",
    retry: true,
  },
  seat_limit_reached: {
    status: 403,
    title: "All places are taken",
    message: "Your organization lets in a set number of people, and there is no place for you at the moment.",
    advice:
      "Ask your organization's IT or help desk for a place, and give them the request id below. Then try again.",
    fix: "Suspend or remove members who no longer need access, or raise the limit in the organization's access policy.",
    retry: true,
  },
  unavailable: {
    status: 503,
    title: "Signing in does not work at the moment",
    message: "A server that we need does not answer. Nothing is wrong with your account.",
    advice:
      "Wait a few seconds, then reload this page. If that does not help, start again at the application.",
    oauthError: "temporarily_unavailable",
    retry: true,
  },
  not_provisioned: {
    status: 403,
    title: "You have not been given access yet",
    message: "Your organization decides in its directory who may sign in here, and you are not in it.",
    advice:
      "Ask your organization's IT or help desk to assign this application to you, and give them the request id below. Then try again.",
    fix: "Assign the person to the provisioning application in the identity provider, so that it pushes them; or let everybody sign in whom the IdP lets in (`signIn: justInTime`).",
    retry: true,
  },
  internal_error: {
    status: 500,
    title: "Something went wrong on our side",
    message: "This is not your fault, and nothing was changed.",
    advice: "Try again in a moment. If it stays, give the request id below to support.",
    oauthError: "temporarily_unavailable",
    retry: true,
  },
} as const satisfies Record<string, Entry>;

export type SignInFailureCode = keyof typeof SIGN_IN_FAILURES;

export function signInFailureEntry(code: SignInFailureCode): Entry {
  return SIGN_IN_FAILURES[code];
}

export function isSignInFailureCode(value: string): value is SignInFailureCode {
  return Object.hasOwn(SIGN_IN_FAILURES, value);
}

/** Ends a sign-in on the page of `code`. */
export class SignInFailure extends Error {
  readonly code: SignInFailureCode;
  readonly finding: Finding;
  /** The answer that was refused, decoded and masked, where there is one. */
  readonly response: string | undefined;
  /** The sign-in that failed, where it is known to be this browser's own. */
  readonly interactionId: string | undefined;
  /** Whose sign-in it was; known under the same condition. */
  readonly organizationId: string | undefined;
  /** When another try makes sense, in seconds; where it is known. */
  readonly retryAfter: number | undefined;

  constructor(
    code: SignInFailureCode,
    options: {
      finding?: Finding | undefined;
      detail?: string | undefined;
      response?: string | undefined;
      interactionId?: string | undefined;
      organizationId?: string | undefined;
      retryAfter?: number | undefined;
      cause?: unknown;
    } = {},
  ) {
    super(code, { cause: options.cause });
    this.name = "SignInFailure";
    this.code = code;
    this.finding = options.finding ?? findingOf(code, options.detail);
    this.response = options.response;
    this.interactionId = options.interactionId;
    this.organizationId = options.organizationId;
    this.retryAfter = options.retryAfter;
  }

  /** The same failure, of a sign-in that is known. */
  of(known: Partial<Pick<SignInFailure, "organizationId" | "interactionId">>): SignInFailure {
    const { code, finding, response, organizationId, interactionId, retryAfter, cause } = this;
    const options = { finding, response, organizationId, interactionId, retryAfter, cause };
    return new SignInFailure(code, { ...options, ...known });
  }
}

function findingOf(code: SignInFailureCode, detail: string | undefined): Finding {
  const { message, advice, fix } = signInFailureEntry(code);
  return { code, message, fix: fix ?? advice, ...defined({ detail }) };
}
