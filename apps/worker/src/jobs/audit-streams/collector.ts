import { type CollectorDestination, requestOf, type TakenStream } from "@sallyport/audit-streams";
import { send } from "@sallyport/delivery";
import type { Outbound } from "@sallyport/outbound";
import { SecretError } from "@sallyport/secrets";
import { type Receiver, type Refusal, TIMEOUT_MS } from "./receiver.ts";

interface CollectorDeps {
  readonly outbound: Outbound;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

const KEPT_BYTES = 500;

/** A collector that takes each batch by one request. */
export function collectorOf(
  stream: TakenStream,
  destination: CollectorDestination,
  { outbound, now, signal }: CollectorDeps,
): Receiver {
  return {
    prepare: () => Promise.resolve("ready"),
    take: async (batch) => {
      const secret = openSecret(stream);
      if (secret === undefined) {
        return refusal("The secret does not open: an encryption key is missing.");
      }
      const request = await requestOf(destination, secret, batch, now());
      const { status, error, body, retryAfter, interrupted } = await send(outbound, {
        ...request,
        timeoutMs: TIMEOUT_MS,
        keepBytes: KEPT_BYTES,
        signal,
      });
      if (status !== null && status >= 200 && status < 300) {
        return "taken";
      }
      return {
        error: error ?? `The destination answered ${status}`,
        answer: without(body ?? "", secret),
        ...{ status, retryAfter, interrupted },
      };
    },
  };
}

const refusal = (error: string): Refusal => ({ error, status: null, retryAfter: null, interrupted: false });

/** What a destination says that sends back what it was sent: without the secret, in whatever way a header has it. */
function without(answer: string, secret: string | null): string {
  const forms = secret === null ? [] : [secret, ...secret.split(" ")].filter((form) => form.length > 3);
  return forms.reduce((text, form) => text.replaceAll(form, "[secret]"), answer);
}

/** Undefined: it does not open. Of one stream, that is nothing to hold up the others. */
function openSecret(stream: TakenStream): string | null | undefined {
  try {
    return stream.secret();
  } catch (error) {
    if (error instanceof SecretError) {
      return undefined;
    }
    throw error;
  }
}
