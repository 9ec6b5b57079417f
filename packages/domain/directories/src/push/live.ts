/** The token that a request was authenticated by, and when its directory last changed. */
export interface AcceptedToken {
  readonly tokenId: string;
  /** The directory's, as it was when the token was found. */
  readonly updatedAt: Date;
}

/** Placeholders of the two values of `liveValues`, the first of them numbered `at`. */
const holds = (directory: string, at: number) => `
    d.id = ${directory} AND d.deleted_at IS NULL AND d.status = 'active' AND d.updated_at = $${at + 1}
    AND EXISTS (SELECT 1 FROM directory_tokens t WHERE t.id = $${at} AND t.revoked_at IS NULL)`;

/** The two values that `live` and `whileLive` take. */
export function liveValues({ tokenId, updatedAt }: AcceptedToken): [tokenId: string, updatedAt: Date] {
  return [tokenId, updatedAt];
}

/**
 * A common table expression of one row while the directory takes writes through this token, and of none once either
 * was ended, or the directory changed: every writing statement builds on it, so that a request which was let in before
 * writes nothing after. The row stays locked until the commit: whoever deletes the directory waits for the write, and
 * then sees it. Locked first of all, as there, so that neither waits for the other.
 * @param directory placeholder of its id
 * @param at number of the first placeholder of `liveValues`
 */
export function live(directory: string, at: number): string {
  return `
  live AS MATERIALIZED (SELECT d.id FROM directories d WHERE ${holds(directory, at)} FOR KEY SHARE)`;
}

/** The same for what only reads: a condition that a row which was found has met. */
export function whileLive(directory: string, at: number): string {
  return `EXISTS (SELECT 1 FROM directories d WHERE ${holds(directory, at)})`;
}
