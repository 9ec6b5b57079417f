import { type AttemptLimit, type Origin, UNLIMITED_ATTEMPTS } from "@sallyport/limits";
import { SignInFailure } from "./failures.ts";

interface Deps {
  readonly attempts?: AttemptLimit;
}

/** Counts a login that starts at a connection. Throws `SignInFailure`, before anything of it is written. */
export function countStart(
  { attempts = UNLIMITED_ATTEMPTS }: Deps,
  origin: Origin,
  connectionId: string,
): void {
  refuseFor(attempts.start({ ...origin, connectionId }));
}

/**
 * Counts a response that belongs to no login, which anybody can send. Throws `SignInFailure`, before anything of
 * it is written. The response to a login is never counted: its start was, and so honest people get through at any time.
 */
export function countOrphanResponse(
  { attempts = UNLIMITED_ATTEMPTS }: Deps,
  origin: Origin,
  connectionId: string,
): void {
  refuseFor(attempts.orphan({ ...origin, connectionId }));
}

/** A login that started at a connection has led to a session. */
export function countSuccess(
  { attempts = UNLIMITED_ATTEMPTS }: Deps,
  origin: Origin,
  connectionId: string,
): void {
  attempts.complete({ ...origin, connectionId });
}

function refuseFor(seconds: number | null): void {
  if (seconds !== null) {
    throw new SignInFailure("too_many_attempts", { retryAfter: seconds });
  }
}
