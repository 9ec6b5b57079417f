import type { BrowserCookie } from "@sallyport/http";
import { originOf } from "@sallyport/http";
import type { Attempt, AttemptLimit, FailureLimit } from "@sallyport/limits";
import type { Request } from "express";
import type { KoaContextWithOIDC } from "oidc-provider";
import { answerTooMany } from "../errors/error-pages.ts";

export interface OpLimits {
  readonly attempts: AttemptLimit;
  readonly failures: FailureLimit;
  readonly cookie: BrowserCookie;
}

/**
 * Answers 429 in place of what there has been too much of: requests that have a stranger sign in, or wait to, and failed
 * client authentication. Whatever needs no sign-in, and whoever proves who they are, is never counted. True when it did:
 * then nothing of the request is to be stored.
 */
export function refuseExcess(ctx: KoaContextWithOIDC, limits: OpLimits): boolean {
  let wait: number | null = null;
  if (startsSignIn(ctx)) {
    wait = limits.attempts.start(attemptOf(ctx, limits));
  } else if (ctx.status === 401) {
    wait = limits.failures.count(callerOf(ctx).ip); // invalid_client (RFC 6749, 5.2)
  }
  if (wait !== null) {
    answerTooMany(ctx, wait);
  }
  return wait !== null;
}

/** An authorization request that waited for a sign-in has got its code. */
export function countSuccess(ctx: KoaContextWithOIDC, limits: OpLimits): void {
  if (ctx.oidc.result?.signIn !== undefined) {
    limits.attempts.complete(attemptOf(ctx, limits));
  }
}

/** Whether the request leaves a row that anybody can have us write. */
function startsSignIn({ oidc }: KoaContextWithOIDC): boolean {
  const { Interaction, PushedAuthorizationRequest } = oidc.entities;
  if (oidc.route === "pushed_authorization_request") {
    // A confidential client has authenticated by now; and its people come from elsewhere.
    return PushedAuthorizationRequest !== undefined && oidc.client?.clientAuthMethod === "none";
  }
  return oidc.route === "authorization" && Interaction !== undefined;
}

function attemptOf(ctx: KoaContextWithOIDC, { cookie }: OpLimits): Attempt {
  const { client } = ctx.oidc;
  return {
    ...originOf(callerOf(ctx), cookie),
    ...(client === undefined ? {} : { applicationId: client.clientId }),
  };
}

// Express made it, in front of Koa, and knows by "trust proxy" whose address counts.
function callerOf(ctx: KoaContextWithOIDC): Request {
  return ctx.req as Request;
}
