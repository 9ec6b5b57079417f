import { readFile } from "node:fs/promises";
import {
  type KnownSeal,
  loadAuditKeys,
  parseAnchors,
  type TrailReport,
  verifyTrails,
} from "@sallyport/audit-trail";
import { type Database, isId, openDatabase } from "@sallyport/database";
import { createSecretBox } from "@sallyport/secrets";
import { type AuditVerifyOptions, UsageError } from "./command-line.ts";
import type { AuditAccess } from "./configuration.ts";

/** What a trail that does not verify ends with: unlike a failure to verify it. */
const TAMPERED = 3;

interface Terminal {
  readonly say: (text: string) => void;
  readonly complain: (text: string) => void;
}

/** `sallyport audit verify`: prints what each trail came to. Resolves to the exit code. */
export async function auditVerify(
  access: AuditAccess,
  options: AuditVerifyOptions,
  { say, complain }: Terminal,
): Promise<number> {
  const anchors = options.anchors === undefined ? [] : await readAnchors(options.anchors, complain);
  const database = openDatabase({ url: access.databaseUrl, poolSize: 2 });
  try {
    const names = await organizationNames(database, options.organization);
    const secrets = access.encryptionKeys && createSecretBox(access.encryptionKeys);
    const keys = await loadAuditKeys(database.sql, secrets);
    if (secrets === undefined) {
      complain(
        "SALLYPORT_ENCRYPTION_KEYS is not set: whether the keys that signed are this gateway's own cannot be told.",
      );
    }
    let intact = true;
    const [only] = names.keys();
    const scope = options.organization === undefined ? {} : { organizationId: only ?? null };
    for await (const report of verifyTrails({ sql: database.sql, keys, anchors, ...scope })) {
      intact &&= report.intact;
      const name = report.organizationId === null ? null : names.get(report.organizationId);
      say(options.json ? JSON.stringify(report) : describe(report, name ?? report.organizationId));
    }
    return intact ? 0 : TAMPERED;
  } finally {
    await database.close();
  }
}

async function readAnchors(path: string, complain: Terminal["complain"]): Promise<KnownSeal[]> {
  const { anchors, cutOff, badLine } = parseAnchors(await readFile(path, "utf8"));
  if (cutOff > 0) {
    complain(`${cutOff} lines of ${path} were cut off, as by a process that was killed; they are left out.`);
  }
  if (badLine !== undefined) {
    throw new UsageError(`Line ${badLine} of ${path} is no root of an audit trail.`);
  }
  return anchors;
}

/** Slugs by id: of the one that is named, or of all. */
async function organizationNames(
  { prisma }: Database,
  named: string | undefined,
): Promise<Map<string, string>> {
  const where = named === undefined ? {} : isId(named) ? { id: named } : { slug: named };
  const rows = await prisma.organization.findMany({ where, select: { id: true, slug: true } });
  if (named !== undefined && rows.length === 0) {
    throw new UsageError(`There is no organization "${named}".`);
  }
  return new Map(rows.map(({ id, slug }) => [id, slug]));
}

function describe(report: TrailReport, organization: string | null): string {
  const { intact, verified, unsealed, seals, erased, removed, beforeTrail, anchors } = report;
  const counts = [
    `${verified} events as they were sealed, in ${seals} seals`,
    ...(unsealed > 0 ? [`${unsealed} not sealed yet`] : []),
    ...(erased > 0 ? [`${erased} without their personal content, which the gateway erased`] : []),
    ...(removed > 0 ? [`${removed} removed by the gateway, which kept them long enough`] : []),
    ...(beforeTrail > 0 ? [`${beforeTrail} older than the trail, which nothing vouches for`] : []),
    ...(anchors > 0 ? [`${anchors} roots from outside compared`] : []),
  ];
  const head = `${organization ?? "gateway"}: ${intact ? "intact" : "NOT INTACT"}; ${counts.join("; ")}`;
  const told = report.problems.map(({ code, message }) => `  ${code}: ${message}`);
  const more = report.problemCount - report.problems.length;
  return [head, ...told, ...(more > 0 ? [`  and ${more} more`] : [])].join("\n");
}
