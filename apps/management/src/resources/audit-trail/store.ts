import {
  findVerification,
  latestVerifications,
  loadAuditKeys,
  proveEvent,
  readAnchors,
  readTrail,
  requestVerification,
  rotateAuditKey,
} from "@sallyport/audit-trail";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { proofView, trailView, verificationView } from "./schema.ts";

// Of all: null is the trail of what belongs to no organization.

export async function getTrail({ deps }: Context, organizationId: string | null) {
  const { sql } = deps.database;
  const [state, keys, verifications, anchors] = await Promise.all([
    readTrail(sql, organizationId),
    loadAuditKeys(sql),
    latestVerifications(sql, organizationId),
    readAnchors(sql, organizationId),
  ]);
  return trailView(organizationId, { state, keys, verifications, anchors });
}

export async function startVerification(context: Context, organizationId: string | null) {
  const verification = await change(context, async ({ sql, record }) => {
    const { verification, isNew } = await requestVerification(sql, organizationId);
    if (isNew) {
      record({
        organizationId,
        type: "audit_trail.verification_requested",
        resource: { type: "auditTrail", id: organizationId ?? "gateway" },
        data: { verificationId: verification.id },
      });
    }
    return verification;
  });
  context.deps.requestAuditVerification();
  return verificationView(verification);
}

export async function getVerification({ deps }: Context, organizationId: string | null, id: string) {
  const found = await findVerification(deps.database.sql, organizationId, id);
  if (found === null) {
    throw problem(
      organizationId === null ? "gateway_verification_not_found" : "audit_verification_not_found",
    );
  }
  return verificationView(found);
}

export async function getProof({ deps }: Context, organizationId: string | null, eventId: string) {
  const proof = await proveEvent(deps.database.sql, organizationId, eventId);
  if (proof === null) {
    throw problem("audit_event_not_found");
  }
  if (proof === "unsealed" || proof === "changed") {
    throw problem(proof === "unsealed" ? "audit_event_unsealed" : "audit_event_changed");
  }
  return proofView(proof);
}

export function rotateKey(context: Context) {
  return change(context, async ({ sql, now, record }) => {
    const id = await rotateAuditKey(sql, context.deps.secrets, now);
    record({ organizationId: null, type: "audit_key.rotated", resource: { type: "auditKey", id } });
    return { id };
  });
}
