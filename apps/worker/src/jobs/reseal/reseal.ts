import type { Database } from "@sallyport/database";
import { resealStale } from "@sallyport/encryption-keys";
import { recordEvents } from "@sallyport/events";
import type { Logger } from "@sallyport/logging";
import type { SecretBox } from "@sallyport/secrets";

export interface ResealDeps {
  readonly database: Database;
  readonly secrets: SecretBox;
  readonly log: Logger;
}

/**
 * Seals under the newest encryption key whatever is sealed under an older one, so that that one can be retired, and
 * leaves an event of how much that was. May run in several processes at once, and be stopped anywhere.
 */
export async function reseal({ database, secrets, log }: ResealDeps, signal: AbortSignal): Promise<void> {
  const unopened = new Map<string, number>();
  const resealed = await resealStale(database.sql, secrets, {
    signal,
    onUnopened: (_place, _key, error) => unopened.set(error.message, (unopened.get(error.message) ?? 0) + 1),
  });
  for (const [reason, values] of unopened) {
    log.error({ reason, values }, "Sealed values that do not open");
  }
  if (Object.keys(resealed).length === 0) {
    return;
  }
  const [id] = secrets.keyIds;
  log.info({ key: id, resealed }, "Sealed anew under the newest encryption key");
  await recordEvents(database.sql, [
    {
      organizationId: null,
      type: "encryption_key.resealed",
      actor: { type: "system" },
      resource: { type: "encryptionKey", id },
      data: { values: resealed },
    },
  ]);
}
