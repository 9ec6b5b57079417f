import { createHmac, randomBytes } from "node:crypto";

const PREFIX = "whsec_";
/** The convention asks for 24 to 64. */
const BYTES = 32;

/** A secret of the Standard Webhooks convention. */
export function newSecret(): string {
  return PREFIX + randomBytes(BYTES).toString("base64");
}

/**
 * `webhook-signature`: over the id, the time and the very bytes of the body, by each of the secrets, so that a receiver
 * that knows one of them can tell.
 * @param timestamp in seconds
 */
export function signatureOf(
  secrets: readonly string[],
  { id, timestamp, body }: { readonly id: string; readonly timestamp: number; readonly body: string },
): string {
  return secrets
    .map((secret) => {
      const key = Buffer.from(secret.slice(PREFIX.length), "base64");
      return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
    })
    .join(" ");
}
