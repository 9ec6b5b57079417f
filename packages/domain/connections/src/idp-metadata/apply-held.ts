import { type Origin, recordEvents } from "@sallyport/events";
import { samlSettings } from "../settings.ts";
import { compare } from "./changes.ts";
import { withFacts } from "./facts.ts";
import type { RefreshDeps } from "./refresh.ts";
import { type FollowedConnection, lockConnection, lockState, saveApplied, saveSettings } from "./store.ts";

/**
 * Applies what a refresh held back: exactly that which `digest` names, and so what the operator has seen. False where
 * nothing, or something else, is held back.
 */
export async function applyHeldMetadata(
  { database, now }: Omit<RefreshDeps, "outbound">,
  connection: FollowedConnection,
  digest: string,
  origin: Origin,
): Promise<boolean> {
  return database.transaction(async (sql) => {
    const current = await lockConnection(sql, connection);
    const state = await lockState(sql, connection);
    const held = state?.held ?? null;
    if (current === null || held === null || held.digest !== digest) {
      return false;
    }
    const { settings } = current;
    const next = samlSettings.parse(withFacts(settings, held.facts));
    await saveSettings(sql, connection, next, now());
    await saveApplied(sql, connection, now());
    const { organizationId, connectionId: id } = connection;
    await recordEvents(sql, [
      {
        organizationId,
        type: "connection.metadata_applied",
        resource: { type: "connection", id },
        data: { ...compare(settings, held.facts), heldBackFor: state?.problem?.code },
        ...origin,
      },
    ]);
    return true;
  });
}
