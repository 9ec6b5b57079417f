import type { Sql } from "@sallyport/database";
import { emailValues } from "@sallyport/directories";
import { identifiersOf } from "../identifiers.ts";

/** Stores by what a directory knows a user, as the SCIM server does with each change of the user. */
export async function storeIdentifiers(
  sql: Sql,
  user: {
    readonly organizationId: string;
    readonly directoryId: string;
    readonly directoryUserId: string;
    readonly userName: string;
    readonly externalId?: string | null;
    readonly email?: string | null;
    readonly emails?: unknown;
  },
): Promise<void> {
  const emails = [...(user.email == null ? [] : [user.email]), ...emailValues(user.emails)];
  const { userName, externalId = null } = user;
  const told = identifiersOf({ userName, externalId, emails });
  await sql.query(
    `UPDATE directory_identifiers SET current = false
     WHERE organization_id = $1::uuid AND directory_user_id = $2::uuid AND value <> ALL($3::text[])`,
    [user.organizationId, user.directoryUserId, told],
  );
  await sql.query(
    `INSERT INTO directory_identifiers (organization_id, directory_id, directory_user_id, value)
     SELECT $1::uuid, $2::uuid, $3::uuid, unnest($4::text[])
     ON CONFLICT (organization_id, value, directory_user_id) DO UPDATE SET current = true`,
    [user.organizationId, user.directoryId, user.directoryUserId, told],
  );
}
