import type { AuditEvent } from "@sallyport/audit";
import { lockPeople, type Sql } from "@sallyport/database";
import type { NormalizedIdentity } from "../normalize/index.ts";
import { SignInFailure } from "./failures.ts";
import { decideFirstLogin } from "./link.ts";
import {
  createIdentity,
  createUser,
  findNamesakes,
  type KnownUser,
  type LookupKey,
  type Profile,
} from "./store.ts";

export type LoginEvent = Pick<AuditEvent, "type" | "resource" | "data">;

/** Somebody whose identity is known now, and what was done for that. */
export interface Newcomer extends KnownUser {
  readonly identityId: string;
  readonly events: readonly LoginEvent[];
}

/** The identity is new: find its user by a verified email, or make one. */
export async function firstLogin(
  sql: Sql,
  identity: NormalizedIdentity,
  key: LookupKey,
  profile: Profile,
  now: Date,
): Promise<Newcomer> {
  const { organizationId } = key;
  const { email } = identity;
  let user: KnownUser | null = null;
  if (email !== undefined) {
    await lockPeople(sql, organizationId);
    const decision = decideFirstLogin(await findNamesakes(sql, organizationId, email), profile.emailVerified);
    if (decision.action === "refuse") throw new SignInFailure("membership_suspended");
    if (decision.action === "link") user = decision.user;
  }
  const events: LoginEvent[] = [];
  if (user === null) {
    const created = await createUser(sql, organizationId, profile, now);
    events.push(
      { type: "user.created", resource: { type: "user", id: created.userId }, data: { source: "jit" } },
      {
        type: "membership.created",
        resource: { type: "membership", id: created.membershipId },
        data: { userId: created.userId, source: "jit" },
      },
    );
    user = {
      userId: created.userId,
      membership: { id: created.membershipId, status: "active", source: "jit" },
      inDirectory: false,
    };
  }
  const identityId = await createIdentity(sql, key, user.userId, now);
  events.push({
    type: "identity.linked",
    resource: { type: "identity", id: identityId },
    data: {
      userId: user.userId,
      connectionId: key.connectionId,
      by: events.length > 0 ? "creation" : "email",
    },
  });
  return { ...user, identityId, events };
}
