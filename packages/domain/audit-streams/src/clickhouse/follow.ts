import type { Sql } from "@sallyport/database";
import { type EventChange, findEvents, readChanges } from "@sallyport/events";
import { linesOf, timeOf } from "./rows.ts";
import { EVENTS_TABLE } from "./table.ts";

/** What has to become of the table, since something was erased or deleted here. */
export interface Following {
  /** What is left of erased events: to be inserted first. Empty: nothing. */
  readonly lines: string;
  /** Deletes what was. ClickHouse does it in the background, and begins anew after a restart. */
  readonly statement: string;
  /** To be forgotten then. */
  readonly changes: readonly number[];
}

/** A statement has 256 KiB at most (`max_query_size`). */
const MOST_IDS = 4_000;
const MOST_CHANGES = 1_000;
/** A purge makes many, and each statement has ClickHouse write parts anew: what comes within a while is one statement. */
export const GATHERED_MS = 60_000;

/**
 * What the oldest changes ask of the table; null where there are none, or they are too new. Whoever follows must have the
 * lease of the stream, and have no batch under way: what is read of an event from now on is as it was left.
 */
export async function nextFollowing(sql: Sql, now: Date): Promise<Following | null> {
  const changes = fitting(await readChanges(sql, MOST_CHANGES));
  const [first] = changes;
  if (first === undefined || now.getTime() - first.changedAt.getTime() < GATHERED_MS) {
    return null;
  }
  const versions = new Map<string, number>();
  for (const change of changes) {
    for (const id of change.kind === "erased" ? change.eventIds : []) {
      versions.set(id, change.id); // in the order of ids: the last one stands
    }
  }
  const events = await findEvents(sql, [...versions.keys()]);
  return {
    lines: linesOf([...events.values()], ({ id }) => versions.get(id) ?? 0),
    statement: `ALTER TABLE ${EVENTS_TABLE.name} DELETE WHERE ${changes.map(conditionOf).join(" OR ")}`,
    changes: changes.map(({ id }) => id),
  };
}

/** As many as one statement takes, and one at least. */
function fitting(changes: readonly EventChange[]): readonly EventChange[] {
  let ids = 0;
  const tooMany = changes.findIndex((change) => {
    ids += change.kind === "erased" ? change.eventIds.length : 2;
    return ids > MOST_IDS;
  });
  return tooMany === -1 ? changes : changes.slice(0, Math.max(1, tooMany));
}

function conditionOf(change: EventChange): string {
  switch (change.kind) {
    case "erased":
      return `(id IN (${change.eventIds.map(quoted).join(", ")}) AND version < ${change.id})`;
    case "old":
      return `(organization_id = ${quoted(change.organizationId)} AND occurred_at <= '${timeOf(change.until)}')`;
    case "deleted":
      return `(organization_id = ${quoted(change.organizationId)})`;
  }
}

/** PostgreSQL writes ids in one way alone; nothing else gets into a statement. */
function quoted(id: string): string {
  if (!/^[0-9a-f-]{36}$/.test(id)) {
    throw new Error("An id is not a UUID");
  }
  return `'${id}'`;
}
