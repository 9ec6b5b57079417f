import type { Outbound } from "@sallyport/outbound";
import type { CustomFetch } from "openid-client";
import { PURPOSES, type Purpose, readAnswer } from "./idp-answers.ts";

/** How long keys are served again, whoever asks for them: a token of an unknown key has them fetched once in this time. */
const KEYS_FOR_MS = 60 * 1000;

/** openid-client's way to one IdP: through the SSRF-safe client, with every answer bounded by what it is for. */
export function createIdpFetch(deps: {
  readonly outbound: Outbound;
  readonly now: () => Date;
  /** Called with the size of the keys that openid-client keeps from now on, in place of earlier ones. */
  readonly onKeys: (bytes: number) => void;
}): CustomFetch {
  const keys = onceInAWhile(deps.now, async (url: string, headers: Record<string, string>) => {
    const answer = await ask(deps.outbound, "jwks", url, { method: "GET", headers });
    const body = await answer.text();
    deps.onKeys(body.length);
    return { status: answer.status, headers: answer.headers, body };
  });
  return async (url, { method, headers, body, signal }) => {
    if (body instanceof ArrayBuffer || body instanceof ReadableStream) {
      throw new TypeError("A request to an IdP has a body of text only");
    }
    if (method === "POST") {
      return ask(deps.outbound, "token", url, { method, headers, body, signal });
    }
    if (headers.authorization !== undefined) {
      return ask(deps.outbound, "userinfo", url, { method, headers, signal });
    }
    const kept = await keys(url, headers);
    return new Response(kept.body, kept);
  };
}

/** openid-client's way to a discovery document. */
export function createDiscoveryFetch(outbound: Outbound): CustomFetch {
  return (url, { method, headers, signal }) => ask(outbound, "discovery", url, { method, headers, signal });
}

async function ask(
  outbound: Outbound,
  purpose: Purpose,
  url: string,
  init: NonNullable<Parameters<Outbound["fetch"]>[1]>,
): Promise<Response> {
  const { maxBytes } = PURPOSES[purpose];
  return readAnswer(purpose, await outbound.fetch(url, { ...init, maxBytes }));
}

/** One fetch at a time, whose answer serves whoever asks meanwhile and for a while after. A failure is not kept. */
function onceInAWhile<Arguments extends readonly unknown[], Result>(
  now: () => Date,
  fetch: (...of: Arguments) => Promise<Result>,
): (...of: Arguments) => Promise<Result> {
  let latest: { readonly until: number; readonly result: Promise<Result> } | undefined;
  return (...of) => {
    const time = now().getTime();
    if (latest !== undefined && time < latest.until) {
      return latest.result;
    }
    const started = { until: time + KEYS_FOR_MS, result: fetch(...of) };
    latest = started;
    started.result.catch(() => {
      if (latest === started) {
        latest = undefined;
      }
    });
    return started.result;
  };
}
