import { anchorTrails, keepAnchorPlaces, noteAnchorPlace } from "@sallyport/audit-trail";
import { outageOf } from "@sallyport/outage";
import type { Loop } from "../../loop.ts";
import type { WorkerServices } from "../../services.ts";
import { anchorDestinations } from "./destinations.ts";

const MINUTE_MS = 60_000;

type Services = Pick<WorkerServices, "database" | "log" | "now" | "operatorOutbound" | "auditAnchors">;

/** Writes the last seals of the audit trail down, outside of the database, where the operator wants it. */
export const auditAnchorsLoop = {
  name: "audit-anchors",
  everyMs: 5_000,
  create: ({ database, log, now, operatorOutbound, auditAnchors }: Services) => {
    const places =
      (auditAnchors && anchorDestinations(auditAnchors, { outbound: operatorOutbound, now })) ?? [];
    const everyMs = (auditAnchors?.everyMinutes ?? 0) * MINUTE_MS;
    const dueAt = new Map<string, number>();
    const failing = new Set<string>();
    let known = false;
    return async () => {
      if (!known) {
        await keepAnchorPlaces(
          database.sql,
          places.map(({ name }) => name),
          now(),
        );
        known = true;
      }
      for (const place of places) {
        const at = now().getTime();
        if (at < (dueAt.get(place.name) ?? 0)) {
          continue;
        }
        try {
          await anchorTrails(database, place);
          dueAt.set(place.name, at + everyMs);
          failing.delete(place.name);
          await noteAnchorPlace(database.sql, place.name, null, now());
        } catch (error) {
          if (outageOf(error) !== undefined) {
            throw error;
          }
          dueAt.set(place.name, at + Math.min(everyMs, MINUTE_MS));
          if (!failing.has(place.name)) {
            log.error(
              { place: place.name, err: error },
              "the audit trail could not be anchored; it is tried again",
            );
          }
          failing.add(place.name);
          await noteAnchorPlace(database.sql, place.name, reasonOf(error), now());
        }
      }
    };
  },
} satisfies Loop<Services>;

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 500);
}
