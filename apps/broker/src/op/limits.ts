import type { Attempt, AttemptLimit, FailureLimit } from "@sallyport/limits";
import type { Request } from "express";
import type { KoaContextWithOIDC } from "oidc-provider";
import { answerTooMany } from "./error-pages.ts";

export interface OpLimits {
  readonly attempts: AttemptLimit;
  readonly failures: FailureLimit;
}

/**
 * Answers 429 in place of what there has been too much of: requests that have a stranger sign in, or wait to, and failed
 * client authentication. Whatever needs no sign-in, and whoever proves who they are, is never counted. True when it did:
 * then nothing of the request is to be stored.
 */
export function refuseExcess(ctx: KoaContextWithOIDC, { attempts, failures }: OpLimits): boolean {
  const { ip } = callerOf(ctx);
  let wait: number | null = null;
  if (startsSignIn(ctx)) wait = attempts.start(attemptOf(ctx));
  else if (ctx.status === 401) wait = failures.count(ip); // invalid_client (RFC 6749, 5.2)
  if (wait !== null) answerTooMany(ctx, wait);
  return wait !== null;
}

/** An authorization request that waited for a sign-in has got its code. */
export function countSuccess(ctx: KoaContextWithOIDC, { attempts }: OpLimits): void {
  if (ctx.oidc.result?.signIn !== undefined) attempts.complete(attemptOf(ctx));
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

function attemptOf(ctx: KoaContextWithOIDC): Attempt {
  const { client } = ctx.oidc;
  return {
    ip: callerOf(ctx).ip,
    ...(client === undefined ? {} : { applicationId: client.clientId }),
  };
}

// Express made it, in front of Koa, and knows by "trust proxy" whose address counts.
function callerOf(ctx: KoaContextWithOIDC): Request {
  return ctx.req as Request;
}
