import { SignInFailure } from "./failures.ts";
import type { OpenLogin } from "./login-requests.ts";

/** How far the IdP's clock may be behind ours. */
const CLOCK_SKEW_MS = 120_000;

/**
 * That somebody authenticates anew is asked for by way of their own browser, which can take it out of a request that is
 * not signed; and some IdPs do not listen. What counts is when they did. Throws `SignInFailure`.
 */
export function requireFreshAuthentication(
  { freshSince, authTimeAsked }: Pick<OpenLogin, "freshSince" | "authTimeAsked">,
  authTime: Date | null,
): void {
  if (authTime === null) {
    if (authTimeAsked || freshSince !== null) {
      throw new SignInFailure("auth_time_missing");
    }
    return;
  }
  if (freshSince === null || authTime.getTime() >= freshSince.getTime() - CLOCK_SKEW_MS) {
    return;
  }
  const detail = `asked at ${freshSince.toISOString()}, authenticated at ${authTime.toISOString()}`;
  throw new SignInFailure("login_not_fresh", { detail });
}
