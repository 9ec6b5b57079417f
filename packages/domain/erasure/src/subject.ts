import type { Sql } from "@sallyport/database";
import { directoryIdsOf, readDirectoryPerson } from "@sallyport/directories";
import { readPerson } from "@sallyport/people";
import { readKeptSessions } from "@sallyport/sessions";
import { fullNames, valuesOf } from "./traces/values.ts";

/** Who is to be erased, and where to look for them. */
export interface Subject {
  /** False: the user is gone, or has been emptied. */
  readonly exists: boolean;
  readonly userId: string;
  readonly membershipId: string | null;
  readonly organization: {
    readonly id: string;
    readonly slug: string;
    readonly connectionIds: readonly string[];
    /** Verified. */
    readonly domains: readonly string[];
  };
  /** Its members act in every organization: what they did is looked for in all. */
  readonly isOperators: boolean;
  readonly directoryIds: readonly string[];
  readonly directoryUserIds: readonly string[];
  readonly sessionIds: readonly string[];
  /** All ids of what is theirs. */
  readonly ids: readonly string[];
  readonly values: ReadonlySet<string>;
  readonly names: readonly string[];
}

/** Reads all that is stored of a person under ids of theirs. */
export async function findSubject(sql: Sql, organizationId: string, userId: string): Promise<Subject> {
  const organization = await readOrganization(sql, organizationId);
  const person = await readPerson(sql, organizationId, userId);
  const directoryIds = await directoryIdsOf(sql, organizationId);
  const directoryUserIds = person?.directoryUserIds ?? [];
  const told = await readDirectoryPerson(sql, organizationId, directoryUserIds);
  const sessions = await readKeptSessions(sql, organizationId, userId);
  const sessionIds = sessions.map(({ id }) => id);
  const nameIds = sessions.map(({ nameId }) => nameId);
  return {
    exists: person !== null,
    userId,
    membershipId: person?.membershipId ?? null,
    organization,
    isOperators: organization.isOperators,
    directoryIds,
    directoryUserIds,
    sessionIds,
    ids: [
      userId,
      ...(person?.membershipId == null ? [] : [person.membershipId]),
      ...directoryUserIds,
      ...sessionIds,
      ...(person?.identityIds ?? []),
      ...(person?.conflictIds ?? []),
    ],
    values: person === null ? new Set() : valuesOf(person, told, nameIds),
    names: fullNames(person?.names ?? []),
  };
}

async function readOrganization(sql: Sql, id: string) {
  const { rows } = await sql.query<{
    slug: string;
    for_operators: boolean;
    connections: string[];
    domains: string[];
  }>(
    `SELECT slug, for_operators,
       ARRAY(SELECT d.verified_name FROM domains d
             WHERE d.organization_id = o.id AND d.verified_name IS NOT NULL) AS domains,
       ARRAY(SELECT c.id::text FROM connections c WHERE c.organization_id = o.id ORDER BY c.id) AS connections
     FROM organizations o WHERE id = $1::uuid`,
    [id],
  );
  const [row] = rows;
  return {
    id,
    slug: row?.slug ?? id,
    isOperators: row?.for_operators === true,
    connectionIds: row?.connections ?? [],
    domains: row?.domains ?? [],
  };
}
