import type {
  AnchorState,
  AuditKey,
  EventProof,
  TrailReport,
  TrailState,
  Verification,
} from "@sallyport/audit-trail";
import { z } from "zod";
import { id, timestamp } from "../../api/text.ts";

const auditKey = z
  .object({
    id: z.string().meta({ description: "Its RFC 7638 thumbprint." }),
    publicJwk: z.object({ kty: z.string(), crv: z.string(), x: z.string() }),
    createdAt: timestamp,
    retiredAt: timestamp.nullable(),
  })
  .meta({ id: "AuditKey" });

const trailProblem = z.object({
  code: z.string(),
  message: z.string(),
  sequence: z.int().nullable().meta({ description: "The number of the event, or the first of several." }),
  lastSequence: z.int().nullable(),
  eventId: z.string().nullable(),
  seal: z.int().nullable(),
});

const trailReport = z
  .object({
    intact: z.boolean(),
    seals: z.int(),
    sealedThrough: z.int().meta({ description: "The number of the last sealed event." }),
    unsealed: z.int().meta({ description: "Events behind the last seal: nothing vouches for them yet." }),
    verified: z.int().meta({ description: "Events that are as they were sealed." }),
    erased: z.int().meta({ description: "Events whose personal content the gateway erased." }),
    removed: z.int().meta({ description: "Events that the gateway removed: they were kept long enough." }),
    beforeTrail: z.int().meta({ description: "Events older than the trail: nothing vouches for them." }),
    problemCount: z.int(),
    problems: z.array(trailProblem).meta({ description: "The first hundred." }),
  })
  .meta({ id: "AuditTrailReport" });

export const verification = z
  .object({
    id,
    state: z.enum(["waiting", "running", "finished"]),
    checked: z.int().meta({ description: "Sealed events that were looked at so far." }),
    total: z.int(),
    report: trailReport.nullable().meta({ description: "Once it is finished." }),
    createdAt: timestamp,
    finishedAt: timestamp.nullable(),
  })
  .meta({ id: "AuditTrailVerification" });

const anchor = z
  .object({
    kind: z.enum(["file", "webhook", "s3"]),
    place: z.string().nullable().meta({ description: "Its address; null but in the gateway's own trail." }),
    seal: z.int().nullable().meta({ description: "The number of the last seal that is there." }),
    anchoredAt: timestamp.nullable(),
    failingSince: timestamp.nullable().meta({ description: "Since when it takes nothing." }),
    lastError: z
      .string()
      .nullable()
      .meta({ description: "What it said; null but in the gateway's own trail." }),
  })
  .meta({ id: "AuditAnchor" });

export const trail = z
  .object({
    seals: z.int(),
    sealedThrough: z.int().meta({ description: "The number of the last sealed event." }),
    lastSealedAt: timestamp.nullable(),
    hash: z.string().nullable().meta({
      description: "Of the last seal, in hex. Written down elsewhere, it shows whether seals were cut off.",
    }),
    unsealed: z.int(),
    keys: z.array(auditKey).meta({ description: "The keys that sign and have signed, the newest first." }),
    verification: verification.nullable().meta({ description: "The last one that was asked for." }),
    lastVerification: verification.nullable().meta({ description: "The last one that is finished." }),
    anchors: z.array(anchor).meta({ description: "Where the last seal is written down outside." }),
  })
  .meta({ id: "AuditTrail" });

export const eventProof = z
  .object({
    entry: z.record(z.string(), z.unknown()).meta({
      description:
        "What the trail says of the event. SHA-256 over a byte 0x00 and its RFC 8785 form is the leaf.",
    }),
    salt: z.string().nullable(),
    index: z.int(),
    leaves: z.int(),
    path: z.array(z.string()).meta({ description: "RFC 6962, 2.1.1; in hex, the nearest first." }),
    seal: z.object({
      organizationId: z.string().nullable(),
      number: z.int(),
      firstSequence: z.int(),
      lastSequence: z.int(),
      root: z.string(),
      previous: z.string().nullable(),
      sealedAt: timestamp,
      keyId: z.string(),
      signature: z
        .string()
        .meta({ description: "Ed25519, in base64url; docs/audit-trail.md says over what." }),
      hash: z.string(),
    }),
  })
  .meta({ id: "AuditEventProof" });

export const rotatedAuditKey = z.object({ id: z.string() }).meta({ id: "RotatedAuditKey" });

interface TrailParts {
  readonly state: TrailState;
  readonly keys: readonly AuditKey[];
  readonly verifications: { readonly asked: Verification | null; readonly done: Verification | null };
  readonly anchors: readonly AnchorState[];
}

export function trailView(
  organizationId: string | null,
  { state, keys, verifications, anchors }: TrailParts,
): z.input<typeof trail> {
  const { asked, done } = verifications;
  return {
    ...state,
    lastSealedAt: state.lastSealedAt?.toISOString() ?? null,
    hash: state.hash?.toString("hex") ?? null,
    keys: keys.map(({ id, publicJwk, createdAt, retiredAt }) => ({
      id,
      publicJwk,
      createdAt: createdAt.toISOString(),
      retiredAt: retiredAt?.toISOString() ?? null,
    })),
    verification: asked === null ? null : verificationView(asked),
    lastVerification: done === null ? null : verificationView(done),
    anchors: anchors.map((one) => anchorView(one, organizationId)),
  };
}

// Paths and hosts of the operator's are nothing for organizations.
function anchorView(
  { place, seal, anchoredAt, failingSince, lastError }: AnchorState,
  organizationId: string | null,
): z.input<typeof anchor> {
  const [kind, ...address] = place.split(" ");
  return {
    kind: anchor.shape.kind.parse(kind),
    place: organizationId === null ? address.join(" ") : null,
    seal,
    anchoredAt: anchoredAt?.toISOString() ?? null,
    failingSince: failingSince?.toISOString() ?? null,
    lastError: organizationId === null ? lastError : null,
  };
}

export function verificationView(row: Verification): z.input<typeof verification> {
  const { startedAt, finishedAt } = row;
  return {
    id: row.id,
    state: finishedAt !== null ? "finished" : startedAt === null ? "waiting" : "running",
    checked: row.checked,
    total: row.total,
    report: row.report === null ? null : reportView(row.report),
    createdAt: row.createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

function reportView(report: TrailReport): z.input<typeof trailReport> {
  return {
    ...report,
    problems: report.problems.map(({ code, message, sequence, lastSequence, eventId, seal }) => ({
      code,
      message,
      sequence: sequence ?? null,
      lastSequence: lastSequence ?? null,
      eventId: eventId ?? null,
      seal: seal ?? null,
    })),
  };
}

export function proofView({ path, ...proof }: EventProof): z.input<typeof eventProof> {
  return { ...proof, path: [...path] };
}
