import type { IncomingMessage } from "node:http";
import type { Payload } from "../store/artifact-store.ts";

/** An authorization request that goes on within the HTTP request that ended its sign-in. */
export interface Resumption {
  readonly id: string;
  /** What was stored of it, with the sign-in's result. */
  readonly payload: Payload;
}

/**
 * The authorization requests that go on in place. oidc-provider has the browser come back by a redirect, to show that it
 * is the one that asked; the sign-in half has seen that already, by the cookie that the answer of the IdP came with.
 */
export class Resumptions {
  readonly #byRequest = new WeakMap<IncomingMessage, Resumption>();

  put(req: IncomingMessage, resumption: Resumption): void {
    this.#byRequest.set(req, resumption);
  }

  of(ctx: { readonly req: IncomingMessage } | undefined): Resumption | undefined {
    return ctx === undefined ? undefined : this.#byRequest.get(ctx.req);
  }
}
