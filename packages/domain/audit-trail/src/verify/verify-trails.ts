import type { Sql } from "@sallyport/database";
import type { TrailReport } from "./report.ts";
import { listTrails, type VerifyOptions, verifyTrail } from "./verify-trail.ts";

/**
 * Verifies one trail after the other: that of the organization that is named, or all there are, with those that were anchored
 * outside and are gone.
 */
export async function* verifyTrails(
  options: VerifyOptions & { readonly organizationId?: string | null },
): AsyncGenerator<TrailReport> {
  const { organizationId, sql, anchors = [] } = options;
  if (organizationId !== undefined) {
    yield verifyTrail(organizationId, options);
    return;
  }
  const trails = await listTrails(sql);
  for (const each of trails) {
    yield verifyTrail(each, options);
  }
  const known = new Set(trails);
  const elsewhere = new Set(anchors.map((anchor) => anchor.organizationId));
  for (const each of elsewhere) {
    if (each !== null && !known.has(each) && !(await wasDeleted(sql, each))) {
      yield goneTrail(each, anchors.filter((anchor) => anchor.organizationId === each).length);
    }
  }
}

/** Whether the trail of what belongs to no organization, which is verified too, tells of the end of this one. */
async function wasDeleted(sql: Sql, organizationId: string): Promise<boolean> {
  const { rows } = await sql.query(
    `SELECT FROM events e JOIN outbox o ON o.event_id = e.id
     WHERE e.organization_id IS NULL AND e.type = 'organization.deleted' AND e.resource_id = $1 LIMIT 1`,
    [organizationId],
  );
  return rows.length > 0;
}

function goneTrail(organizationId: string, anchors: number): TrailReport {
  return {
    organizationId,
    intact: false,
    seals: 0,
    sealedThrough: 0,
    lastSealedAt: null,
    unsealed: 0,
    verified: 0,
    erased: 0,
    removed: 0,
    beforeTrail: 0,
    anchors,
    keys: [],
    problemCount: 1,
    problems: [
      {
        code: "trail_missing",
        message: `Roots of the trail of organization ${organizationId} were anchored outside, but the trail is gone, and no event tells that the organization was deleted`,
      },
    ],
  };
}
