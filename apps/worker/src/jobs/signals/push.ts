import { send } from "@sallyport/delivery";
import type { Outbound } from "@sallyport/outbound";
import {
  type DueStream,
  type PendingSignal,
  type Refusal,
  SET_TYP,
  setClaims,
} from "@sallyport/shared-signals";
import { z } from "zod";
import type { TokenSigner } from "../logout/notify.ts";

/** What became of a push. */
export type PushAnswer =
  | { readonly is: "taken" | "interrupted" }
  /** For good. */
  | { readonly is: "refused"; readonly refusal: Refusal }
  | { readonly is: "failed"; readonly reason: string; readonly status: number | null };

const TIMEOUT_MS = 10_000;
/** Of what a receiver answers. */
const KEEP_BYTES = 8 * 1024;

/** RFC 8935, section 2.3. */
const refusal = z.object({ err: z.string().max(100), description: z.string().max(1_000).optional() });
/** Said of this one event: to send it again changes nothing. All else may be mended by the receiver. */
const OF_THIS_EVENT = "invalid_request";

/** Sends one SET (RFC 8935, section 2.1), signed now. */
export async function push(
  deps: { readonly issuer: string; readonly signer: TokenSigner; readonly outbound: Outbound },
  stream: DueStream,
  signal: PendingSignal,
  stopping: AbortSignal,
): Promise<PushAnswer> {
  const claims = setClaims(signal, { issuer: deps.issuer, audience: stream.audience });
  const exchange = await send(deps.outbound, {
    url: stream.endpointUrl,
    // The interoperability profile has every SET signed by RS256 (section 2.6).
    body: await deps.signer.sign(claims, { typ: SET_TYP, alg: "RS256" }),
    headers: {
      "content-type": "application/secevent+jwt",
      accept: "application/json",
      ...(stream.authorization === null ? {} : { authorization: stream.authorization }),
    },
    timeoutMs: TIMEOUT_MS,
    keepBytes: KEEP_BYTES,
    signal: stopping,
  });
  const { status, body, error, interrupted } = exchange;
  if (interrupted) {
    return { is: "interrupted" };
  }
  if (status === null) {
    return { is: "failed", reason: error ?? "There was no answer.", status };
  }
  if (status >= 200 && status < 300) {
    return { is: "taken" }; // 202 by section 2.2; some frameworks answer 200 or 204
  }
  const said = status === 400 ? refusal.safeParse(parsed(body ?? "")).data : undefined;
  if (said?.err === OF_THIS_EVENT) {
    const { err, description = null } = said;
    return { is: "refused", refusal: { jti: signal.jti, error: err, description: storable(description) } };
  }
  const words = said === undefined ? "" : ` (${storable(said.err)})`;
  return { is: "failed", reason: `It answered with status ${status}${words}.`, status };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** PostgreSQL stores no NUL. */
function storable<Text extends string | null>(text: Text) {
  return text === null ? null : text.replaceAll("\u0000", "\ufffd");
}
