import type { Schemas } from "../../../api/client.ts";
import type { Page } from "../../../components/paging.tsx";
import type { SearchParams } from "../../../components/search-params.ts";

export type AuditEvent = Schemas["AuditEvent"];

export const OUTCOMES = ["success", "failure", "denied"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Of which events the trail is to tell. Times as in "2026-11-29T08:00:00Z". */
export interface EventFilter {
  readonly type?: string;
  /** An id, or a type of actors. */
  readonly actor?: string;
  /** An id. */
  readonly resource?: string;
  readonly outcome?: Outcome;
  readonly requestId?: string;
  readonly since?: string;
  readonly until?: string;
}

/** One page of a trail, the newest event first. */
export type LoadEvents = (
  query: EventFilter & { readonly limit: number; readonly cursor?: string },
) => Promise<Page<AuditEvent>>;

/** The filter that an address holds. A day there ("2026-11-29") is a day of the viewer's own zone, and `until` its end. */
export function filterOf(params: SearchParams<string>): EventFilter {
  const { type, resource, requestId } = params;
  // An id says more than a type of actors.
  const actor = params.actorId ?? params.actor;
  const outcome = OUTCOMES.find((known) => known === params.outcome);
  const since = startOfDay(params.since);
  const until = startOfDay(params.until, 1);
  return {
    ...(type === undefined ? {} : { type }),
    ...(actor === undefined ? {} : { actor }),
    ...(resource === undefined ? {} : { resource }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}

function startOfDay(day: string | undefined, later = 0): string | undefined {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day ?? "");
  if (parts === null) {
    return undefined;
  }
  const [, year, month, date] = parts.map(Number);
  const at = new Date(year ?? 0, (month ?? 1) - 1, (date ?? 1) + later);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
