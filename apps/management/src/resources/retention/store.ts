import { countRequestsBefore } from "@sallyport/directories";
import {
  DEFAULT_BOUNDS,
  DEFAULT_RETENTION,
  outOfBounds,
  type Retention,
  readRetention,
  setRetention,
} from "@sallyport/erasure";
import { countEventsBefore } from "@sallyport/events";
import { countLoginRecordsBefore } from "@sallyport/login-records";
import { countDeletedFor } from "@sallyport/people";
import { countSessionsBefore } from "@sallyport/sessions";
import type { z } from "zod";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import type { retention, retentionPlan } from "./schema.ts";

/** Beyond, a plan says that there may be more: to count millions takes its time. */
const MOST = 100_000;
const DAY_MS = 24 * 3_600_000;

export async function getRetention(
  { deps }: Context,
  organizationId: string,
): Promise<z.input<typeof retention>> {
  const own = await readRetention(deps.database.sql, organizationId);
  return {
    ...(own ?? DEFAULT_RETENTION),
    setBy: own === null ? "default" : "organization",
    bounds: deps.retentionBounds ?? DEFAULT_BOUNDS,
  };
}

/** Null: the defaults count. Throws `retention_out_of_bounds`. */
export async function replaceRetention(context: Context, organizationId: string, next: Retention | null) {
  const { deps, caller } = context;
  const [kind] =
    next === null || caller.organizationId === null
      ? []
      : outOfBounds(next, deps.retentionBounds ?? DEFAULT_BOUNDS);
  if (kind !== undefined) {
    throw problem("retention_out_of_bounds", { field: kind });
  }
  await change(context, async ({ sql, record }) => {
    const was = await readRetention(sql, organizationId);
    await setRetention(sql, organizationId, next);
    record({
      organizationId,
      type: "retention.updated",
      resource: { type: "organization", id: organizationId },
      data: { was, is: next },
    });
  });
  return getRetention(context, organizationId);
}

export async function planRetention(
  { deps }: Context,
  organizationId: string,
  { deletedPeople, loginRecords, scimRequests, sessions, auditEvents }: Retention,
): Promise<z.input<typeof retentionPlan>> {
  const { sql } = deps.database;
  const now = deps.now();
  const before = (days: number) => new Date(now.getTime() - days * DAY_MS);
  return {
    deletedPeople:
      deletedPeople === null ? 0 : await countDeletedFor(sql, organizationId, now, deletedPeople, MOST),
    loginRecords: await countLoginRecordsBefore(sql, organizationId, before(loginRecords), MOST),
    scimRequests: await countRequestsBefore(sql, organizationId, before(scimRequests), MOST),
    sessions: await countSessionsBefore(sql, organizationId, before(sessions), MOST),
    auditEvents:
      auditEvents === null ? 0 : await countEventsBefore(sql, organizationId, before(auditEvents), MOST),
    most: MOST,
  };
}
