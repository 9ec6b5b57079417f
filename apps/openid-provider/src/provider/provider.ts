import type { CheckRecorder } from "@sallyport/application-checks";
import { requestId } from "@sallyport/http";
import type { Logger } from "@sallyport/logging";
import { type Outage, outageOf } from "@sallyport/outage";
import { matchesDigest } from "@sallyport/secrets";
import type { KeySet } from "@sallyport/signing-keys";
import type { Request, Response } from "express";
import { type Configuration, type KoaContextWithOIDC, Provider } from "oidc-provider";
import { z } from "zod";
import { answerFailure } from "../errors/error-pages.ts";
import { prepareUnavailable } from "../errors/unavailable.ts";
import { adoptSignIn } from "../interaction/interactions.ts";
import { withoutRequestCookies } from "../interaction/request-cookies.ts";
import type { InProcessResumption } from "../interaction/resume-in-process.ts";
import type { ArtifactStore } from "../store/artifact-store.ts";
import type { ChangesByRequest } from "../store/pending-changes.ts";
import { sessionOf } from "./account.ts";
import { noteRequests } from "./note-requests.ts";
import { countSuccess, type OpLimits, refuseExcess } from "./refuse-excess.ts";

/** One oidc-provider, with what its configuration cannot say. */
export function buildProvider(deps: {
  readonly publicUrl: string;
  readonly configuration: Configuration;
  readonly store: ArtifactStore;
  readonly changes: ChangesByRequest;
  readonly resumption: InProcessResumption;
  /** Sends the browser of a waiting request straight to its IdP. False, with nothing sent, where a page comes first. */
  readonly depart: (req: Request, res: Response, id: string) => Promise<boolean>;
  /** The refresh token that follows another one. */
  readonly successorOf: (token: string) => string;
  readonly limits: OpLimits;
  readonly checks: CheckRecorder;
  readonly now: () => Date;
  readonly log: Logger;
}): Provider {
  const provider = new Provider(deps.publicUrl, deps.configuration);
  fixOrigin(provider, new URL(deps.publicUrl));
  compareSecretsByDigest(provider);
  nameSuccessors(provider, deps.successorOf);
  // Of requests whose endpoint met one, and answered it as an error of its own.
  const outages = new WeakMap<object, Outage>();
  provider.use(deps.resumption.middleware);
  provider.use(async (ctx, next) => {
    ctx.cookies = withoutRequestCookies(provider, ctx);
    await next();
    const met = outages.get(ctx);
    if (met !== undefined) {
      return prepareUnavailable(deps.log, met, ctx);
    }
    try {
      if (isOfProvider(ctx) && refuseExcess(ctx, deps.limits)) {
        return; // nothing that it changed is stored
      }
      await deps.changes.of(ctx).flushTo(deps.store); // before the answer leaves
      nameSession(ctx);
      if (isOfProvider(ctx)) {
        await departFrom(ctx, deps.depart);
      }
    } catch (error) {
      const outage = outageOf(error);
      if (outage !== undefined) {
        return prepareUnavailable(deps.log, outage, ctx);
      }
      deps.log.error({ requestId: requestId(ctx.req), err: error }, "unexpected error");
      answerFailure(ctx);
    }
  });
  noteRequests(provider, deps.checks, deps.now);
  provider.on("interaction.ended", adoptSignIn);
  provider.on("authorization.success", (ctx: KoaContextWithOIDC) => countSuccess(ctx, deps.limits));
  provider.on("server_error", (ctx: KoaContextWithOIDC, error: unknown) => {
    const outage = outageOf(error);
    if (outage !== undefined) {
      outages.set(ctx, outage);
    } else {
      deps.log.error({ requestId: requestId(ctx.req), err: error }, "unexpected error");
    }
  });
  // Koa's last resort, for what fails outside of oidc-provider's own error handling.
  provider.onerror = (error: Error) => deps.log.error({ err: error }, "unexpected error");
  return provider;
}

/** Whether a request reached one of oidc-provider's endpoints. */
function isOfProvider(ctx: object): ctx is KoaContextWithOIDC {
  return "oidc" in ctx && ctx.oidc !== undefined;
}

/**
 * Keycloak, as a broker in front of us, finds its session by the `session_state` of the token response, and up to version
 * 26 not by the ID token's `sid` (keycloak/keycloak#12142): without it, it answers logout tokens with 200 and does nothing.
 */
function nameSession(ctx: Pick<KoaContextWithOIDC, "body">): void {
  if (isOfProvider(ctx) && ctx.oidc.route === "token" && ctx.status === 200) {
    const session = sessionOf(ctx);
    if (session !== null) {
      ctx.body = { ...tokenResponse.parse(ctx.body), session_state: session.id };
    }
  }
}

const tokenResponse = z.looseObject({ access_token: z.string() });

/** Where an authorization request would send the browser to our sign-in page, only to be sent on from there. */
async function departFrom(
  ctx: KoaContextWithOIDC,
  depart: Parameters<typeof buildProvider>[0]["depart"],
): Promise<void> {
  const waiting = ctx.oidc.route === "authorization" ? ctx.oidc.entities.Interaction : undefined;
  if (waiting === undefined) {
    return;
  }
  const signInPage = ctx.response.get("location");
  ctx.remove("location");
  // Express made them, in front of Koa.
  if (await depart(ctx.req as Request, ctx.res as Response, waiting.uid)) {
    ctx.respond = false;
  } else {
    ctx.set("location", signInPage);
  }
}

// Endpoints, redirects and cookies follow the public URL. Behind a TLS terminator the connection is plain http, and
// Host and X-Forwarded-* are what the client says they are: none of them is believed.
function fixOrigin(provider: Provider, publicUrl: URL): void {
  Object.defineProperties(provider.request, {
    host: { value: publicUrl.host },
    protocol: { value: publicUrl.protocol.replace(":", "") },
  });
}

// Applications' secrets are kept as digests: oidc-provider's `client_secret` is the digest in hex.
function compareSecretsByDigest(provider: Provider): void {
  provider.Client.prototype.compareClientSecret = function compare(secret: string): boolean {
    return matchesDigest(secret, Buffer.from(this.clientSecret ?? "", "hex"));
  };
}

/**
 * Has rotation give a successor that follows from the token itself, so that requests at the same time give the same one:
 * see tokens/refresh-rotation.ts. oidc-provider has no hook for the value of a token.
 */
function nameSuccessors(provider: Provider, successorOf: (token: string) => string): void {
  const { prototype } = provider.RefreshToken;
  const random: unknown = Reflect.get(prototype, "generateTokenId");
  if (typeof random !== "function") {
    throw new TypeError("oidc-provider's refresh tokens make their value in another way than this knows");
  }
  Reflect.set(prototype, "generateTokenId", function generateTokenId(this: unknown): unknown {
    const rotated = Provider.ctx?.oidc.entities.RotatedRefreshToken;
    return rotated === undefined ? Reflect.apply(random, this, []) : successorOf(rotated.jti);
  });
}

/** A provider, and what answers requests by it. */
export interface ServingProvider {
  readonly provider: Provider;
  readonly handle: ReturnType<Provider["callback"]>;
}

/**
 * The provider of the present keys. oidc-provider takes its keys at construction, and everything else that it knows
 * is in the store: so a rotation means a new one, and requests in progress end with the one that they began with.
 */
export function perKeySet(build: (keySet: KeySet) => Provider): (keySet: KeySet) => ServingProvider {
  let present: (ServingProvider & { readonly version: string }) | undefined;
  return (keySet) => {
    if (present?.version !== keySet.version) {
      const provider = build(keySet);
      present = { version: keySet.version, provider, handle: provider.callback() };
    }
    return present;
  };
}
