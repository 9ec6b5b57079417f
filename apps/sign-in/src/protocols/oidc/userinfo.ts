import { causeOf, type IdpAnswer, IdpFailure, type OidcClient } from "@sallyport/oidc-client";
import * as client from "openid-client";
import { z } from "zod";
import { otherFailure, toSignInFailure } from "./failure.ts";
import type { Claims } from "./normalize.ts";

export interface Userinfo {
  readonly claims: Claims;
  readonly outcome: "merged" | "none" | "unavailable";
  /** Why it is unavailable: a code, and in words. */
  readonly problem?: string;
  readonly reason?: string;
}

/** Claims about a login rather than a person: only the ID token may make these, since it is signed and belongs to this login. */
const OF_THE_LOGIN = new Set(["iss", "aud", "exp", "iat", "nonce", "auth_time", "acr", "amr", "sid"]);

/**
 * Userinfo only adds to a login that is valid without it: where it does not answer, the login goes on. Throws
 * `SignInFailure` where it speaks of somebody else: that is no outage but token substitution (OpenID Connect Core §5.3.2).
 */
export async function fetchUserinfo(
  idp: OidcClient,
  accessToken: string,
  subject: string,
): Promise<Userinfo> {
  if (idp.metadata.userinfo_endpoint === undefined) {
    return { claims: {}, outcome: "none" };
  }
  let answer: IdpAnswer | undefined;
  const configuration = idp.exchange((_purpose, heard) => {
    answer = heard;
  });
  try {
    const claims = Object.entries(await client.fetchUserInfo(configuration, accessToken, subject));
    if (answer?.jwt !== undefined) {
      await idp.keys.verify(answer.jwt, idp.metadata.userinfo_signing_alg_values_supported ?? []);
    }
    const ofThePerson = claims.filter(([name]) => !OF_THE_LOGIN.has(name));
    return { claims: Object.fromEntries(ofThePerson), outcome: "merged" };
  } catch (error) {
    const other = otherSubject(error, subject);
    if (other !== null) {
      throw toSignInFailure(other);
    }
    const { code, message, found, detail } = explain(error, answer).finding;
    const words = [message, found, detail].filter((word) => typeof word === "string");
    return { claims: {}, outcome: "unavailable", problem: code, reason: words.join(" ") };
  }
}

const comparison = z.object({ attribute: z.literal("sub"), body: z.object({ sub: z.unknown() }) });

/** The failure of a userinfo whose subject is not the ID token's; null where it failed for another reason. */
function otherSubject(error: unknown, expected: string): IdpFailure | null {
  for (let cause = error; cause !== undefined && cause !== null; ) {
    const compared = comparison.safeParse(cause);
    if (compared.success) {
      return new IdpFailure(
        "invalid",
        {
          code: "oidc_userinfo_subject_mismatch",
          message: "The IdP's userinfo is about somebody else than its ID token.",
          fix: "In the IdP, send the same `sub` in the ID token and at the userinfo endpoint (OpenID Connect Core §5.3.2).",
          claim: "sub",
          expected,
          found: compared.data.body.sub,
        },
        { cause: error },
      );
    }
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return null;
}

function explain(error: unknown, answer: IdpAnswer | undefined): IdpFailure {
  if (answer === undefined || causeOf(error, IdpFailure) !== null) {
    return otherFailure(error);
  }
  if (answer.status !== 200) {
    const challenge = answer.challenge === null ? "" : `, ${answer.challenge}`;
    return new IdpFailure("failed", {
      code: "oidc_userinfo_refused",
      message: "The IdP's userinfo endpoint did not answer with claims.",
      fix: "In the IdP, allow the application's access tokens at the userinfo endpoint.",
      found: `HTTP ${answer.status}${challenge}`,
    });
  }
  if (answer.body === undefined && answer.jwt === undefined) {
    return new IdpFailure("failed", {
      code: "oidc_userinfo_malformed",
      message: "The IdP's userinfo endpoint answered with something else than JSON.",
      fix: "Check what the discovery document names as userinfo endpoint.",
      found: answer.contentType || "no content type",
    });
  }
  return otherFailure(error);
}
