import type { IncomingMessage, ServerResponse } from "node:http";
import type { InteractionKey } from "@sallyport/interactions";
import type { Payload } from "../store/artifact-store.ts";

/** An authorization request that goes on within the HTTP request that ended its sign-in. */
export interface Resumption {
  readonly key: InteractionKey;
  /** What was stored of it, with the sign-in's result. */
  readonly payload: Payload;
}

/** What Koa's context lets a middleware rewrite: both setters are Koa's own. */
interface RewritableContext {
  readonly req: IncomingMessage;
  method: string;
  url: string;
}

/**
 * The one adapter around oidc-provider's way back from a sign-in, for which it has no hook: its `interactionFinished`
 * answers with a redirect to the resume endpoint, so that the browser shows by a cookie that it is the one that asked.
 * The sign-in half has seen that already, by the cookie that the IdP's answer came with, and the redirect would cost
 * every login a round trip. So a middleware takes the request to the resume endpoint itself, and it is again what it was
 * when it came before anybody logs or measures it.
 */
export class InProcessResumption {
  readonly #byRequest = new WeakMap<IncomingMessage, Resumption>();
  readonly #resumePath: (id: string) => string;

  /** @param resumePath of the endpoint where an authorization request goes on */
  constructor(resumePath: (id: string) => string) {
    this.#resumePath = resumePath;
  }

  /** Has `handle`, which is oidc-provider behind `middleware`, answer the request as it would answer the redirect. */
  async answer(
    req: IncomingMessage,
    res: ServerResponse,
    resumption: Resumption,
    handle: (req: IncomingMessage, res: ServerResponse) => Promise<void>,
  ): Promise<void> {
    this.#byRequest.set(req, resumption);
    await handle(req, res);
  }

  /** What goes on within the request that is being answered. */
  of(ctx: { readonly req: IncomingMessage } | undefined): Resumption | undefined {
    return ctx === undefined ? undefined : this.#byRequest.get(ctx.req);
  }

  /** A Koa middleware, to be used first. */
  readonly middleware = async (ctx: RewritableContext, next: () => Promise<unknown>): Promise<void> => {
    const resumption = this.of(ctx);
    if (resumption === undefined) {
      await next();
      return;
    }
    const { method, url } = ctx;
    ctx.method = "GET";
    ctx.url = this.#resumePath(resumption.key.id);
    try {
      await next();
    } finally {
      ctx.method = method;
      ctx.url = url;
    }
  };
}
