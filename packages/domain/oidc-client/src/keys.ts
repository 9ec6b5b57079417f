import type { Outbound } from "@sallyport/outbound";
import {
  compactVerify,
  createLocalJWKSet,
  decodeProtectedHeader,
  errors,
  type JWTHeaderParameters,
} from "jose";
import { z } from "zod";
import { IdpFailure } from "./failure.ts";
import { askIdp } from "./idp-fetch.ts";
import { unreachable } from "./unreachable.ts";

/** A key that the IdP no longer lists verifies nothing after this time. */
const LIFETIME_MS = 5 * 60 * 1000;
/** A key that was just looked for in vain is not looked for again. */
const MISSED_FOR_MS = 30 * 1000;
/** However many keys are named that the IdP does not list: so often its keys are fetched anew, and once more after each pause. */
const RENEWALS = 5;
const RENEWAL_PAUSE_MS = 30 * 1000;
/** Of keys that may have signed a token which names none. */
const MAX_CANDIDATES = 10;
const MAX_SHOWN_KEYS = 20;
const MAX_KID = 256;

export interface IdpKeys {
  /**
   * Verifies the signature of a JWT by the IdP's keys. An unknown key, or a signature that does not match, has the keys
   * fetched anew, once: the IdP may have changed them. Throws `IdpFailure`.
   */
  verify(jwt: string, algorithms: readonly string[]): Promise<void>;
}

const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string().optional() })) });

interface Fetched {
  readonly at: number;
  readonly select: ReturnType<typeof createLocalJWKSet>;
  /** As a record shows them. */
  readonly shown: readonly string[];
}

export function createIdpKeys(deps: {
  readonly outbound: Omit<Outbound, "stream">;
  readonly jwksUri: string;
  readonly now: () => number;
  /** Called with the size of the keys that are kept from now on, in place of earlier ones. */
  readonly onSize: (bytes: number) => void;
}): IdpKeys {
  let latest: { readonly at: number; readonly keys: Promise<Fetched> } | undefined;
  const missed = new Map<string, number>();
  let renewals = RENEWALS;
  let renewedAt = Number.NEGATIVE_INFINITY;

  async function fetchKeys(at: number): Promise<Fetched> {
    const answer = await askIdp(deps.outbound, "jwks", deps.jwksUri, {
      headers: { accept: "application/json, application/jwk-set+json" },
    });
    if (answer.status !== 200 || answer.body === undefined) {
      throw new IdpFailure("unreachable", {
        code: "oidc_jwks_unavailable",
        message: "The IdP's keys could not be read.",
        fix: "Check what the IdP serves at the jwks_uri of its discovery document.",
        expected: "HTTP 200, application/json",
        found: `HTTP ${answer.status}, ${answer.contentType || "no content type"}`,
        detail: deps.jwksUri,
      });
    }
    const { keys } = keySet.parse(answer.body);
    deps.onSize(JSON.stringify(keys).length);
    // Without `kty` it is no key (RFC 7517 §4.1), and to be ignored (§5).
    const usable = keys.flatMap(({ kty, ...key }) => (kty === undefined ? [] : [{ ...key, kty }]));
    return { at, select: createLocalJWKSet({ keys: usable }), shown: usable.map(show) };
  }

  function fetchNow(at: number): Promise<Fetched> {
    const keys = fetchKeys(at).catch((error: unknown) => {
      if (latest?.keys === keys) {
        latest = undefined; // a failure is not kept
      }
      throw unreachable(error);
    });
    latest = { at, keys };
    return keys;
  }

  /** Keys that were fetched after `seen`; null where they are not to be fetched again so soon. */
  function renew(kid: string, seen: Fetched, now: number): Promise<Fetched> | null {
    if (latest !== undefined && latest.at > seen.at) {
      return latest.keys;
    }
    if (now < (missed.get(kid) ?? 0) + MISSED_FOR_MS) {
      return null;
    }
    const earned = Math.floor((now - renewedAt) / RENEWAL_PAUSE_MS);
    renewals = Math.min(RENEWALS, renewals + Math.max(0, earned));
    if (renewals === 0) {
      return null;
    }
    renewals -= 1;
    renewedAt = now;
    miss(kid, now);
    return fetchNow(now);
  }

  function miss(kid: string, now: number): void {
    for (const [name, at] of missed) {
      if (now >= at + MISSED_FOR_MS) {
        missed.delete(name);
      }
    }
    missed.set(kid, now);
  }

  return {
    async verify(jwt, algorithms) {
      const asked = deps.now();
      const header = headerOf(jwt);
      const kid = String(header.kid ?? "").slice(0, MAX_KID);
      const known = latest !== undefined && asked < latest.at + LIFETIME_MS ? latest.keys : fetchNow(asked);
      const keys = await known;
      const problem = await check(jwt, header, keys, algorithms);
      if (problem === null) {
        return;
      }
      if (keys.at >= asked) {
        miss(kid, asked); // these are as new as they can be
        throw problem;
      }
      const renewed = await renew(kid, keys, asked);
      const still = renewed === null ? problem : await check(jwt, header, renewed, algorithms);
      if (still !== null) {
        throw still;
      }
    },
  };
}

/** Null where one of the keys made the signature. */
async function check(
  jwt: string,
  header: JWTHeaderParameters,
  keys: Fetched,
  algorithms: readonly string[],
): Promise<IdpFailure | null> {
  const options = { algorithms: [...algorithms] };
  try {
    await compactVerify(jwt, keys.select, options);
    return null;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) {
      return explain(error, header, keys);
    }
    // It names no key, and several may have made it.
    let candidates = 0;
    for await (const key of error) {
      candidates += 1;
      if (candidates > MAX_CANDIDATES) {
        break;
      }
      if (await isVerified(jwt, key, options)) {
        return null;
      }
    }
    return explain(new errors.JWSSignatureVerificationFailed(), header, keys);
  }
}

async function isVerified(
  jwt: string,
  key: Parameters<typeof compactVerify>[1] & object,
  options: { algorithms: string[] },
): Promise<boolean> {
  try {
    await compactVerify(jwt, key, options);
    return true;
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) {
      return false;
    }
    throw error;
  }
}

function explain(error: unknown, header: JWTHeaderParameters, { shown }: Fetched): IdpFailure {
  const expected = `a key with kid ${header.kid ?? "(none)"}, alg ${header.alg}`;
  const found = shown.slice(0, MAX_SHOWN_KEYS);
  const cause = { cause: error };
  if (error instanceof errors.JWKSNoMatchingKey) {
    return new IdpFailure(
      "invalid",
      {
        code: "oidc_key_unknown",
        message: "The IdP's JWKS lists no key that the token may be signed with.",
        fix: "Have the IdP publish the key that it signs with at its jwks_uri, with the token's `kid`. Where it signs with several issuers' keys, check the connection's issuer.",
        claim: "kid",
        expected,
        found,
      },
      cause,
    );
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return new IdpFailure(
      "invalid",
      {
        code: "oidc_signature_invalid",
        message: "The token's signature was made by none of the IdP's keys.",
        fix: "Check that the IdP publishes the key that it signs with, and that nothing between it and the gateway changes its answers.",
        claim: "signature",
        expected,
        found,
      },
      cause,
    );
  }
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return new IdpFailure(
      "invalid",
      {
        code: "oidc_algorithm_unexpected",
        message:
          "The token is signed by an algorithm that the IdP does not announce, or that is not accepted.",
        fix: "Have the IdP sign with RS256 or ES256.",
        claim: "alg",
        found: header.alg,
      },
      cause,
    );
  }
  return new IdpFailure(
    "invalid",
    {
      code: "oidc_key_unusable",
      message: "The token, or the IdP's key for it, cannot be used.",
      fix: "Have the IdP sign with RS256 (keys of 2,048 bits or more) or ES256.",
      expected,
      found,
      detail: error instanceof Error ? error.message : String(error),
    },
    cause,
  );
}

function headerOf(jwt: string): JWTHeaderParameters {
  try {
    return decodeProtectedHeader(jwt) as JWTHeaderParameters;
  } catch (error) {
    throw new IdpFailure(
      "invalid",
      {
        code: "oidc_token_malformed",
        message: "What the IdP sent as a token is no signed JWT.",
        fix: "Have the IdP send signed JWTs (RFC 7519), not encrypted ones.",
      },
      { cause: error },
    );
  }
}

function show(key: { readonly kty: string; readonly [name: string]: unknown }): string {
  const { kid = "(none)", kty, alg = "any", use = "any" } = key;
  return `kid ${kid}, kty ${kty}, alg ${alg}, use ${use}`;
}
