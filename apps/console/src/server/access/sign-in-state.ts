import { createHash, randomBytes } from "node:crypto";
import { digestToken, type SecretBox, SecretError } from "@sallyport/secrets";
import { z } from "zod";

const MINUTE_MS = 60_000;
const LIFETIME_MS = 30 * MINUTE_MS;
const STATE_CONTEXT = "console sign-in";

const content = z.object({
  /** Digest of the browser's token: nobody else's browser goes on with it (RFC 6749, 10.12). */
  browser: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  returnTo: z.string(),
  /** Milliseconds since 1970. */
  until: z.number(),
});

export type BegunSignIn = z.output<typeof content>;

/**
 * The `state` of a sign-in to the console: sealed, so that it carries the verifier of PKCE through the browser, and no
 * table grows by whoever begins one. Each has its own, so that two tabs do not disturb each other.
 */
export function createSignInStates(secrets: SecretBox, now: () => Date) {
  return {
    begin(of: { readonly browser: string; readonly returnTo: string }) {
      const [nonce, codeVerifier] = [newSecret(), newSecret()];
      const begun: BegunSignIn = {
        browser: digest(of.browser),
        returnTo: of.returnTo,
        nonce,
        codeVerifier,
        until: now().getTime() + LIFETIME_MS,
      };
      const codeChallenge = createHash("sha256").update(codeVerifier).digest("base64url");
      return { state: secrets.seal(JSON.stringify(begun), STATE_CONTEXT), nonce, codeChallenge };
    },
    /** Null where it is none of ours, too old, or another browser's. */
    open(state: unknown, browser: string | null): BegunSignIn | null {
      if (typeof state !== "string" || browser === null) {
        return null;
      }
      const begun = unseal(secrets, state);
      return begun !== null && begun.until > now().getTime() && begun.browser === digest(browser)
        ? begun
        : null;
    },
  };
}

function unseal(secrets: SecretBox, state: string): BegunSignIn | null {
  try {
    return content.parse(JSON.parse(secrets.open(state, STATE_CONTEXT)));
  } catch (error) {
    if (error instanceof SecretError) {
      return null; // changed, or made up
    }
    throw error;
  }
}

function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

function digest(token: string): string {
  return digestToken(token).toString("base64url");
}
