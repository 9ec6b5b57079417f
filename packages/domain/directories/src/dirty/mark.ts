/**
 * SQL that has the reconciler look at directory users, in the transaction that changes what it must see.
 * @param rows a SELECT of the organization, the directory user, and when it changed
 */
export function markUsers(rows: string): string {
  return `INSERT INTO dirty_directory_users (organization_id, directory_user_id, marked_at) ${rows}`;
}

/**
 * As `markUsers`, where by what the directory knows a user may have changed, or what that counts for.
 * @param rows a SELECT also of whether it has: then the reconciler asks again whom the user stands for
 */
export function markIdentifiedUsers(rows: string): string {
  return `INSERT INTO dirty_directory_users (organization_id, directory_user_id, marked_at, identified) ${rows}`;
}

/** As `markUsers`, for directory groups: the reconciler passes it on to their members. */
export function markGroups(rows: string): string {
  return `INSERT INTO dirty_directory_groups (organization_id, directory_group_id, marked_at) ${rows}`;
}
