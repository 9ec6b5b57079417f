import {
  activateKey,
  beginRotation,
  type KeyOwner,
  makeKeyPair,
  type RotationRefused,
  retireKey,
} from "@sallyport/connections/keys";
import type { Prisma } from "@sallyport/database";
import { type PageQuery, pageArguments, toPage } from "../../api/page.ts";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { connectionKeyView } from "./schema.ts";

/** What is read of a key here: the private part, sealed as it is, stays where it lies. */
const SHOWN = { omit: { privateKey: true } } as const;

export async function listKeys(context: Context, connection: KeyOwner, page: PageQuery) {
  const { prisma } = context.deps.database;
  await requireConnection(prisma, connection);
  const { where, ...rest } = pageArguments(page, "asc");
  const rows = await prisma.connectionKey.findMany({
    ...rest,
    ...SHOWN,
    where: { ...of(connection), ...where },
  });
  return toPage(rows, page, (row) => connectionKeyView(row, context.deps.now()));
}

/** Throws `connection_keys_too_many` when two are live already. */
export async function createKey(context: Context, connection: KeyOwner) {
  const { database, secrets, now } = context.deps;
  await requireConnection(database.prisma, connection);
  const pair = await makeKeyPair(connection.id, now());
  return change(context, async ({ tx, sql, record, now: at }) => {
    const { id, signs } = accepted(await beginRotation(sql, secrets, connection, pair, at));
    record({ ...about(connection), type: "connection.key_created", after: { keyId: id, signs } });
    return show(tx, connection, id, at);
  });
}

/** Throws `connection_key_unread`, `connection_key_not_found`, also for one that is retired. */
export function activate(context: Context, connection: KeyOwner, id: string, options: { force: boolean }) {
  return change(context, async ({ tx, sql, record, now }) => {
    const { changed } = accepted(await activateKey(sql, connection, id, options));
    if (changed) {
      record({
        ...about(connection),
        type: "connection.key_activated",
        after: { keyId: id },
        data: options,
      });
    }
    return show(tx, connection, id, now);
  });
}

/** Throws `connection_key_signing`, `connection_key_not_found`, also for one that is retired. */
export async function retire(context: Context, connection: KeyOwner, id: string): Promise<void> {
  await change(context, async ({ sql, now, record }) => {
    accepted(await retireKey(sql, connection, id, now));
    record({ ...about(connection), type: "connection.key_retired", before: { keyId: id } });
  });
}

function accepted<Result extends { readonly ok: true }>(result: Result | RotationRefused): Result {
  if (!result.ok) {
    throw problem(result.code);
  }
  return result;
}

async function requireConnection(prisma: Prisma.TransactionClient, { id, organizationId }: KeyOwner) {
  const row = await prisma.connection.findFirst({ where: { id, organizationId }, select: { id: true } });
  if (row === null) {
    throw problem("connection_not_found");
  }
}

async function show(tx: Prisma.TransactionClient, connection: KeyOwner, id: string, now: Date) {
  return connectionKeyView(
    await tx.connectionKey.findFirstOrThrow({ ...SHOWN, where: { id, ...of(connection) } }),
    now,
  );
}

function of({ id: connectionId, organizationId }: KeyOwner) {
  return { connectionId, organizationId };
}

function about({ id, organizationId }: KeyOwner) {
  return { organizationId, resource: { type: "connection", id } } as const;
}
