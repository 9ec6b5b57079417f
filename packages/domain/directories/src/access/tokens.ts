import { type DirectoryToken, newId, type Prisma, type Sql } from "@sallyport/database";
import type { RecordedTransaction } from "@sallyport/events";
import { digestToken, newToken, tokenHint } from "@sallyport/secrets";
import { lockDirectory } from "../lock.ts";

// One in use and one to change over to: a rotation without a gap. What OAuth clients are issued does not count.
const MAX_LIVE_TOKENS = 2;

export interface NewDirectoryToken {
  readonly row: DirectoryToken;
  /** Stored by its digest: it is here alone. */
  readonly token: string;
}

/** Makes a token and stores its digest. */
export async function insertToken(
  tx: Prisma.TransactionClient,
  directory: { readonly id: string; readonly organizationId: string },
  expiresAt: Date | null,
): Promise<NewDirectoryToken> {
  const token = newToken("scim");
  const row = await tx.directoryToken.create({
    data: {
      id: newId(),
      organizationId: directory.organizationId,
      directoryId: directory.id,
      digest: Uint8Array.from(digestToken(token)),
      hint: tokenHint(token),
      expiresAt,
    },
  });
  return { row, token };
}

/** Makes a token, unless two are live already, or the organization has no such directory. */
export async function createToken(
  { tx, sql, record }: RecordedTransaction,
  organizationId: string,
  directoryId: string,
  expiresAt: Date | null,
  now: Date,
): Promise<NewDirectoryToken | "not_found" | "too_many"> {
  // Two requests at once must not both see one live token.
  if (!(await lockDirectory(sql, organizationId, directoryId))) {
    return "not_found";
  }
  const live = await tx.directoryToken.count({
    where: {
      organizationId,
      directoryId,
      clientId: null,
      revokedAt: null,
      OR: [{ expiresAt: null }, { expiresAt: { gt: now } }],
    },
  });
  if (live >= MAX_LIVE_TOKENS) {
    return "too_many";
  }
  const created = await insertToken(tx, { id: directoryId, organizationId }, expiresAt);
  record({
    organizationId,
    type: "directory.token_created",
    resource: { type: "directory", id: directoryId },
    after: { tokenId: created.row.id, expiresAt: expiresAt?.toISOString() ?? null },
  });
  return created;
}

/** Ends a token that an administrator made. Resolves to false for an unknown one, and one that was revoked before. */
export async function revokeToken(
  { tx, record }: RecordedTransaction,
  organizationId: string,
  directoryId: string,
  id: string,
  now: Date,
): Promise<boolean> {
  const { count } = await tx.directoryToken.updateMany({
    where: { id, organizationId, directoryId, clientId: null, revokedAt: null },
    data: { revokedAt: now },
  });
  if (count === 0) {
    return false;
  }
  record({
    organizationId,
    type: "directory.token_revoked",
    resource: { type: "directory", id: directoryId },
    before: { tokenId: id },
  });
  return true;
}

const TOUCH_TOKEN = "UPDATE directory_tokens SET last_used_at = $2 WHERE id = $1";

/** Notes when a token was last used. */
export async function touchToken(sql: Sql, id: string, at: Date): Promise<void> {
  await sql.query(TOUCH_TOKEN, [id, at], "scim_touch_token");
}
