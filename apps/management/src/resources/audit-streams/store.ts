import * as streams from "@sallyport/audit-streams";
import type { AuditStream } from "@sallyport/database";
import { feedLag } from "@sallyport/events";
import { type PageQuery, pageArguments, toPage } from "../../api/page.ts";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { type AuditStreamPatch, auditStreamView, type NewAuditStream, toDestination } from "./schema.ts";

/** Whose streams: null for those of all organizations. */
export type Owner = string | null;

/** Of an organization, and of the gateway: each event is sent by each. */
const MOST_STREAMS = 20;

/** Throws `audit_streams_too_many`. */
export async function createAuditStream(context: Context, organizationId: Owner, input: NewAuditStream) {
  const { secret = null, destination, ...rest } = input;
  const stream = await change(context, async (transaction) => {
    const { tx, sql } = transaction;
    // Two at once count each other.
    await sql.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))::text", [
      `audit streams of ${organizationId}`,
    ]);
    if ((await tx.auditStream.count({ where: { organizationId } })) >= MOST_STREAMS) {
      throw problem("audit_streams_too_many");
    }
    return streams.createStream(transaction, context.deps.secrets, {
      ...{ organizationId, secret, destination: toDestination(destination) },
      ...rest,
    });
  });
  return view(context, stream);
}

export async function listAuditStreams(context: Context, organizationId: Owner, query: PageQuery) {
  const { where, ...page } = pageArguments(query, "asc");
  const rows = await context.deps.database.prisma.auditStream.findMany({
    ...page,
    where: { AND: [{ organizationId }, where] },
  });
  const { items, nextCursor } = toPage(rows, query, (row) => row);
  return { items: await Promise.all(items.map((row) => view(context, row))), nextCursor };
}

export async function getAuditStream(context: Context, organizationId: Owner, id: string) {
  return view(context, await find(context, organizationId, id));
}

/** Throws `audit_stream_of_environment`, `audit_stream_type_fixed`, `audit_stream_secret_needed`. */
export async function updateAuditStream(
  context: Context,
  organizationId: Owner,
  id: string,
  { destination, ...patch }: AuditStreamPatch,
) {
  const before = streams.destinationOf(await find(context, organizationId, id));
  if (before.type === "clickhouse") {
    throw problem("audit_stream_of_environment");
  }
  const type = destination?.type ?? before.type;
  if (type !== before.type) {
    throw problem("audit_stream_type_fixed", { field: "destination.type" });
  }
  // Whoever may change the URL must not have the secret sent to a receiver of theirs.
  const moved = destination !== undefined && streams.receiverOf(destination) !== streams.receiverOf(before);
  if (patch.secret === undefined ? moved : patch.secret === null && streams.needsSecret(type)) {
    throw problem("audit_stream_secret_needed", { field: "secret" });
  }
  const stream = await change(context, async (transaction) =>
    streams.updateStream(
      transaction,
      context.deps.secrets,
      { id, organizationId },
      { ...patch, ...(destination === undefined ? {} : { destination: toDestination(destination) }) },
      transaction.now,
    ),
  );
  return view(context, stream ?? missing(organizationId));
}

export async function testAuditStream(context: Context, organizationId: Owner, id: string): Promise<void> {
  await change(context, async (transaction) => {
    (await streams.testStream(transaction, { id, organizationId })) ?? missing(organizationId);
  });
}

/** Throws `audit_stream_of_environment` while the environment has a stream go on. */
export async function deleteAuditStream(context: Context, organizationId: Owner, id: string): Promise<void> {
  const stream = await find(context, organizationId, id);
  if (stream.enabled && streams.destinationOf(stream).type === "clickhouse") {
    throw problem("audit_stream_of_environment");
  }
  await change(context, async (transaction) => {
    (await streams.deleteStream(transaction, { id, organizationId })) || missing(organizationId);
  });
}

async function find({ deps }: Context, organizationId: Owner, id: string): Promise<AuditStream> {
  const stream = await deps.database.prisma.auditStream.findFirst({ where: { id, organizationId } });
  return stream ?? missing(organizationId);
}

async function view({ deps }: Context, stream: AuditStream) {
  const lag = await feedLag(deps.database.sql, streams.scopeOf(stream), Number(stream.position));
  return auditStreamView(stream, lag);
}

function missing(organizationId: Owner): never {
  throw problem(organizationId === null ? "gateway_audit_stream_not_found" : "audit_stream_not_found");
}
