import { z } from "zod";
import { type Asking, askTransmitter } from "../ask.ts";
import { SignalFailure } from "../failure.ts";

/** What the transmitter is called with: a token, or a client that gets itself one (RFC 6749, section 4.4). */
export const credential = z.union([
  z.strictObject({ accessToken: z.string() }),
  z.strictObject({
    tokenEndpoint: z.string(),
    clientId: z.string(),
    clientSecret: z.string(),
    scope: z.string().exactOptional(),
  }),
]);
export type Credential = z.infer<typeof credential>;

export interface AccessTokens {
  /** A token for the transmitter. `key` names the credential: its token is kept. Throws `SignalFailure`. */
  of(key: string, credential: Credential): Promise<string>;
  /** The transmitter did not take it. */
  forget(key: string): void;
}

const granted = z.object({
  access_token: z.string().min(1).max(16_384),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.number().positive().optional().catch(undefined),
});

const MOST_KEPT = 1_000;
/** A token that does not say how long it is good for. */
const DEFAULT_SECONDS = 60;
/** It is not used to its last second. */
const SPARE_SECONDS = 15;

export function createAccessTokens(deps: {
  readonly outbound: Asking;
  readonly now: () => Date;
}): AccessTokens {
  const kept = new Map<string, { readonly token: string; readonly until: number }>();
  return {
    async of(key, given) {
      if ("accessToken" in given) {
        return given.accessToken;
      }
      const now = deps.now().getTime();
      const known = kept.get(key);
      if (known !== undefined && now < known.until) {
        return known.token;
      }
      const { token, seconds } = await grantedTo(deps.outbound, given);
      if (kept.size >= MOST_KEPT) {
        kept.clear();
      }
      kept.set(key, { token, until: now + (seconds - SPARE_SECONDS) * 1_000 });
      return token;
    },
    forget(key) {
      kept.delete(key);
    },
  };
}

async function grantedTo(outbound: Asking, client: Exclude<Credential, { accessToken: string }>) {
  const { tokenEndpoint, clientId, clientSecret, scope } = client;
  // RFC 6749, section 2.3.1: both are encoded as in a form first.
  const encoded = [clientId, clientSecret].map((text) =>
    new URLSearchParams({ "": text }).toString().slice(1),
  );
  const { body } = await askTransmitter(outbound, {
    method: "POST",
    url: tokenEndpoint,
    basic: Buffer.from(encoded.join(":")).toString("base64"),
    body: new URLSearchParams({
      grant_type: "client_credentials",
      ...(scope === undefined ? {} : { scope }),
    }),
  });
  const parsed = granted.safeParse(body);
  if (!parsed.success) {
    throw new SignalFailure("transmitter_invalid", "The token endpoint's answer holds no bearer token.");
  }
  return { token: parsed.data.access_token, seconds: parsed.data.expires_in ?? DEFAULT_SECONDS };
}
