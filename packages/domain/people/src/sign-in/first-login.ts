import { newId, type Sql } from "@sallyport/database";
import type { EventDraft } from "@sallyport/events";
import { type NewConflict, recordConflicts } from "../conflicts/record.ts";
import { identifierOfKey } from "../identifiers.ts";
import { lockPeople } from "../lock.ts";
import { refusalOf } from "../membership.ts";
import { announceSeats, hasSeat, readSeatUse } from "../policy/seats.ts";
import { decideFirstLogin, type FirstLoginDecision } from "../who-is-it.ts";
import { type Candidates, findCandidates } from "./candidates.ts";
import { directoryKeyOf, type Login, type Lookup, readBindings } from "./look-up.ts";
import type { Person } from "./person.ts";
import { assertedProfile } from "./profile.ts";
import { SignInRefused } from "./refused.ts";

type Decision = Exclude<FirstLoginDecision, { readonly action: "refuse" }>;

/**
 * The identity is new: finds the user whose it is (`decideFirstLogin`), or makes one. Throws `SignInRefused`, and a unique
 * violation when another login of the same identity was faster.
 */
export async function firstLogin(sql: Sql, login: Login, found: Lookup, now: Date): Promise<Person> {
  const { organizationId } = login;
  const refused = (reason: SignInRefused["reason"]) => new SignInRefused(reason, found.identifiers);
  await lockPeople(sql, organizationId);
  const candidates = await findCandidates(sql, login, found.identifiers);
  const decision = decideFirstLogin({ ...candidates, addressVerified: found.addressVerified });
  if (decision.action === "refuse") {
    throw refused(waitsForSeat(candidates) ? "seat_limit_reached" : "membership_suspended");
  }
  const known = decision.action === "link" ? await knownPerson(sql, candidates, decision.user.userId) : null;
  const refusal =
    known === null
      ? found.signIn === "directory"
        ? "not_provisioned"
        : null
      : refusalOf(known.membership, candidates.ended, found.signIn);
  if (refusal !== null) {
    throw refused(refusal);
  }

  const seatEvents = known === null ? await takeSeat(sql, organizationId, found, now, refused) : [];
  const contested = candidates.byAddress.length > 0;
  const made = known ?? (await makePerson(sql, login, found, contested, now));
  const identityId = await createIdentity(sql, login, found, made.userId, now);
  const by = known === null ? "creation" : candidates.bySubject.length > 0 ? "subject" : "email";
  const linked: EventDraft = {
    organizationId,
    type: "identity.created",
    resource: { type: "identity", id: identityId },
    after: {
      userId: made.userId,
      connectionId: login.connectionId,
      issuer: login.issuer,
      subject: login.subject,
    },
    data: { by },
  };
  const conflicts = conflictsOf(login, decision, candidates, made.userId);
  return {
    ...made,
    identityId,
    identifiers: found.identifiers,
    directoryKey: directoryKeyOf(login),
    events: [
      ...made.events,
      ...seatEvents,
      linked,
      ...(await recordConflicts(sql, organizationId, conflicts, now)),
    ],
  };
}

/** Whom the login would be linked with, if they had a seat. */
function waitsForSeat({ ended, bySubject, byAddress }: Candidates): boolean {
  return !ended && [...bySubject, ...byAddress].some(({ membership }) => membership?.status === "waiting");
}

/**
 * A newcomer needs a seat that nobody waits for. Beyond a limit that lets in, it is told. No statement where there is no limit.
 * Under `lockPeople`: nobody else takes the seat meanwhile.
 */
async function takeSeat(
  sql: Sql,
  organizationId: string,
  { seats }: Lookup,
  now: Date,
  refused: (reason: SignInRefused["reason"]) => SignInRefused,
): Promise<readonly EventDraft[]> {
  if (seats === null || hasSeat(seats, await readSeatUse(sql, organizationId))) {
    return [];
  }
  if (seats.atLimit === "hold") {
    throw refused("seat_limit_reached");
  }
  return announceSeats(sql, organizationId, now);
}

/** A person whose identity is still to be made. */
type Unidentified = Omit<Person, "identityId" | "identifiers" | "directoryKey">;

async function knownPerson(
  sql: Sql,
  { bySubject, byAddress }: Candidates,
  userId: string,
): Promise<Unidentified> {
  const found = [...bySubject, ...byAddress].find((candidate) => candidate.userId === userId);
  if (found === undefined || found.membership === null) {
    throw new Error("A first login was linked to nobody");
  }
  const { membership, inDirectory, profile, emailProof, emailChanged } = found;
  const bindings = await readBindings(sql, membership.id);
  return {
    ...{ userId, membership, inDirectory, profile, emailProof, emailChanged, bindings },
    events: [],
    isNew: false,
  };
}

function conflictsOf(
  { email, subject, directoryKey }: Login,
  { rivals }: Decision,
  { byAddress }: Candidates,
  userId: string,
): NewConflict[] {
  const withAddress = new Set(byAddress.map((candidate) => candidate.userId));
  const bySubject = directoryKey === null ? `id:${subject}` : identifierOfKey(directoryKey);
  return rivals.map((otherUserId) => {
    const claim = withAddress.has(otherUserId) ? `address:${email}` : bySubject;
    return { userId, otherUserId, claim, source: "jit" };
  });
}

/**
 * Adds a user with an active just-in-time membership.
 * @param contested others have the address, too: then it is proof of nothing
 */
async function makePerson(
  sql: Sql,
  login: Login,
  found: Lookup,
  contested: boolean,
  now: Date,
): Promise<Unidentified> {
  const { organizationId } = login;
  const asserted = assertedProfile(login, found);
  const profile = { ...asserted, emailVerified: asserted.emailVerified && !contested };
  const emailProof = profile.emailVerified ? "sign_in" : null;
  const userId = newId();
  const membership = { id: newId(), status: "active", source: "jit", directory: null } as const;
  await sql.query(
    `WITH person AS (
       INSERT INTO users (id, organization_id, email, email_verified, email_proof, name, given_name, family_name, username,
                          created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
       RETURNING id
     )
     INSERT INTO memberships (id, organization_id, user_id, status, source, created_at, updated_at)
     SELECT $11, $2, id, 'active', 'jit', $10, $10 FROM person`,
    [
      userId,
      organizationId,
      profile.email,
      profile.emailVerified,
      emailProof,
      profile.name,
      profile.givenName,
      profile.familyName,
      profile.username,
      now,
      membership.id,
    ],
    "sign_in_create_user",
  );
  return {
    userId,
    membership,
    inDirectory: false,
    profile,
    emailProof,
    emailChanged: false,
    bindings: [],
    isNew: true,
    events: [
      {
        organizationId,
        type: "user.created",
        resource: { type: "user", id: userId },
        after: profile,
        data: { source: "jit" },
      },
      {
        organizationId,
        type: "membership.created",
        resource: { type: "membership", id: membership.id },
        // There is an active directory, and it does not know this person.
        after: {
          userId,
          status: "active",
          source: "jit",
          ...(found.hasDirectory ? { unmanaged: true } : {}),
        },
      },
    ],
  };
}

/** Ties an identity to a user for good. */
async function createIdentity(
  sql: Sql,
  login: Login,
  { identifiers }: Lookup,
  userId: string,
  now: Date,
): Promise<string> {
  const id = newId();
  await sql.query(
    `INSERT INTO identities (id, organization_id, connection_id, issuer, subject, user_id, identifiers, directory_key, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      id,
      login.organizationId,
      login.connectionId,
      login.issuer,
      login.subject,
      userId,
      identifiers,
      directoryKeyOf(login),
      now,
    ],
    "sign_in_create_identity",
  );
  return id;
}
