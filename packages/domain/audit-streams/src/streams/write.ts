import { type AuditStream, newId, type Sql } from "@sallyport/database";
import { sealContext } from "@sallyport/encryption-keys";
import { type FeedScope, feedEnd, type RecordedTransaction } from "@sallyport/events";
import type { SecretBox } from "@sallyport/secrets";
import { type CollectorDestination, type Destination, hostOf } from "../destination.ts";

export interface NewStream {
  /** Null: the events of all organizations, and of none. */
  readonly organizationId: string | null;
  readonly name: string;
  readonly destination: CollectorDestination;
  readonly secret: string | null;
  /** Begin with the oldest event that is kept, in place of the next one. */
  readonly fromBeginning: boolean;
}

/** Which stream: null as organization is one of all organizations. */
export interface StreamName {
  readonly id: string;
  readonly organizationId: string | null;
}

export interface StreamChange {
  readonly name?: string;
  readonly destination?: CollectorDestination;
  /** Left out: as it is. */
  readonly secret?: string | null;
  readonly enabled?: boolean;
}

/** Whose events a stream has. */
export function scopeOf({ organizationId }: { readonly organizationId: string | null }): FeedScope {
  return organizationId === null ? "all" : { organizationId };
}

export async function createStream(
  { tx, sql, record }: RecordedTransaction,
  secrets: SecretBox,
  { organizationId, name, destination, secret, fromBeginning }: NewStream,
): Promise<AuditStream> {
  const id = newId();
  const position = fromBeginning ? 0 : await feedEnd(sql, scopeOf({ organizationId }));
  const stream = await tx.auditStream.create({
    data: {
      ...{ id, organizationId, name, position, dueAt: new Date(0) },
      destination: { ...destination },
      secret: sealed(secrets, id, secret),
    },
  });
  record({
    organizationId,
    type: "audit_stream.created",
    resource: { type: "auditStream", id },
    after: toldOf(stream),
  });
  return stream;
}

/** Resolves to null where there is no such stream. What failed is tried again at once. */
export async function updateStream(
  transaction: RecordedTransaction,
  secrets: SecretBox,
  { id, organizationId }: StreamName,
  { name, destination, secret, enabled }: StreamChange,
  now: Date,
): Promise<AuditStream | null> {
  const { tx, record } = transaction;
  const before = await lock(transaction, { id, organizationId });
  if (before === null) {
    return null;
  }
  const stream = await tx.auditStream.update({
    where: { id, organizationId },
    data: {
      ...(name === undefined ? {} : { name }),
      ...(destination === undefined ? {} : { destination: { ...destination } }),
      ...(secret === undefined ? {} : { secret: sealed(secrets, id, secret) }),
      ...(enabled === undefined ? {} : { enabled }),
      dueAt: now,
    },
  });
  const [was, is] = [toldOf(before), toldOf(stream)];
  const changed = {
    ...difference(was, is),
    ...(secret === undefined ? {} : { secretReplaced: true as const }),
  };
  if (Object.keys(changed).length > 0) {
    record({
      organizationId,
      type: "audit_stream.updated",
      resource: { type: "auditStream", id },
      before: difference(is, was),
      after: changed,
    });
  }
  return stream;
}

/** Has an event recorded that says that it is a test: it comes after what waits. Null where there is no such stream. */
export async function testStream(
  transaction: RecordedTransaction,
  { id, organizationId }: StreamName,
): Promise<true | null> {
  if ((await lock(transaction, { id, organizationId })) === null) {
    return null;
  }
  transaction.record({
    organizationId,
    type: "audit_stream.tested",
    resource: { type: "auditStream", id },
    data: { message: "This is a test. Nothing has happened." },
  });
  return true;
}

/** Resolves to false where there is no such stream. */
export async function deleteStream(
  transaction: RecordedTransaction,
  { id, organizationId }: StreamName,
): Promise<boolean> {
  const before = await lock(transaction, { id, organizationId });
  if (before === null) {
    return false;
  }
  await transaction.tx.auditStream.delete({ where: { id, organizationId } });
  transaction.record({
    organizationId,
    type: "audit_stream.deleted",
    resource: { type: "auditStream", id },
    before: toldOf(before),
  });
  return true;
}

const sealed = (secrets: SecretBox, id: string, secret: string | null) =>
  secret === null ? null : secrets.seal(secret, sealContext("audit_streams.secret", id));

async function lock(
  { tx, sql }: { readonly tx: RecordedTransaction["tx"]; readonly sql: Sql },
  { id, organizationId }: StreamName,
): Promise<AuditStream | null> {
  await sql.query("SELECT id FROM audit_streams WHERE id = $1::uuid FOR UPDATE", [id]);
  return tx.auditStream.findFirst({ where: { id, organizationId } });
}

/** What is stored was parsed when it came. */
export function destinationOf({ destination }: Pick<AuditStream, "destination">): Destination {
  return destination as unknown as Destination;
}

function toldOf(stream: AuditStream) {
  const destination = destinationOf(stream);
  return { name: stream.name, type: destination.type, host: hostOf(destination), enabled: stream.enabled };
}

type Told = ReturnType<typeof toldOf>;

/** What of `is` is not as it was. */
function difference(was: Told, is: Told): Partial<Told> {
  return Object.fromEntries(
    Object.entries(is).filter(([field, value]) => was[field as keyof Told] !== value),
  );
}
