import type { Outbound } from "@sallyport/outbound";
import type { CustomFetch } from "openid-client";
import { type IdpAnswer, PURPOSES, type Purpose, readAnswer, toResponse } from "./answers.ts";

/** Hears what the IdP answered: openid-client's own errors tell little of it. */
export type OnAnswer = (purpose: "token" | "par" | "userinfo", answer: IdpAnswer) => void;

/** openid-client's way to an IdP's endpoints: through the SSRF-safe client, with every answer bounded by what it is for. */
export function createIdpFetch(deps: {
  readonly outbound: Omit<Outbound, "stream">;
  /** Where requests are pushed to (RFC 9126); every other POST is for tokens. */
  readonly parEndpoint: string | undefined;
  readonly onAnswer: OnAnswer;
}): CustomFetch {
  return async (url, { method, headers, body, signal }) => {
    if (body instanceof ArrayBuffer || body instanceof ReadableStream) {
      throw new TypeError("A request to an IdP has a body of text only");
    }
    const purpose = method === "POST" ? (url === deps.parEndpoint ? "par" : "token") : "userinfo";
    const answer = await askIdp(deps.outbound, purpose, url, { method, headers, body, signal });
    deps.onAnswer(purpose, answer);
    return toResponse(answer);
  };
}

/** openid-client's way to a discovery document. */
export function createDiscoveryFetch(outbound: Omit<Outbound, "stream">): CustomFetch {
  return async (url, { method, headers, signal }) =>
    toResponse(await askIdp(outbound, "discovery", url, { method, headers, signal }));
}

/** Asks an IdP through the SSRF-safe client. Throws `OutboundError`, `IdpFailure`. */
export async function askIdp(
  outbound: Omit<Outbound, "stream">,
  purpose: Purpose,
  url: string,
  init: NonNullable<Parameters<Outbound["fetch"]>[1]>,
): Promise<IdpAnswer> {
  const { maxBytes } = PURPOSES[purpose];
  return readAnswer(purpose, await outbound.fetch(url, { ...init, maxBytes }));
}
