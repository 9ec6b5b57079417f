import type { StoredConnection } from "@sallyport/connections";
import type { Database } from "@sallyport/database";
import {
  closeLoginRecord,
  findDraftUnderTest,
  finishTestLogin,
  type LoginRecordKey,
  type LoginTrace,
  type TestedIdentity,
} from "@sallyport/login-records";
import type { NormalizedIdentity } from "../identity/index.ts";
import { SignInFailure } from "./failures.ts";
import type { TestCause } from "./login-requests.ts";

/**
 * The connection as the test tries it out: with the settings of its draft, where the test is of one. Throws
 * `login_unknown` where that draft is none any more.
 */
export async function connectionUnderTest(
  { database }: { readonly database: Database },
  connection: StoredConnection,
  { testId }: TestCause,
): Promise<StoredConnection> {
  const { organizationId, id: connectionId } = connection;
  const draft = await findDraftUnderTest(database.sql, { organizationId, connectionId, testId });
  if (draft === "gone") {
    throw new SignInFailure("login_unknown", {
      detail: "The draft was changed, discarded or activated since.",
    });
  }
  return draft === null ? connection : { ...connection, ...draft };
}

/**
 * Ends a login that tried a connection out: the record says that it would have signed somebody in, and the test whom.
 * There is no user, no identity and no session of it.
 */
export async function endTestLogin(
  { database, now }: { readonly database: Database; readonly now: () => Date },
  key: LoginRecordKey & { readonly recordId: string },
  { testId }: TestCause,
  attempt: {
    readonly identity: NormalizedIdentity;
    readonly trace: LoginTrace;
    /** Decoded and masked. */
    readonly response?: string;
  },
): Promise<void> {
  const { identity, trace, response } = attempt;
  trace.add("normalized", { warnings: identity.warnings, groups: identity.groups.length });
  trace.add("tested");
  await database.transaction(async (sql) => {
    await closeLoginRecord(sql, key, {
      outcome: "success",
      sessionId: null,
      steps: trace.steps,
      response,
      now: now(),
    });
    await finishTestLogin(sql, testId, key.recordId, shown(identity));
  });
}

function shown(identity: NormalizedIdentity): TestedIdentity {
  const { issuer, subject, email, emailVerified, name, givenName, familyName, username, groups } = identity;
  return {
    issuer,
    subject,
    email: email ?? null,
    emailVerified,
    name: name ?? null,
    givenName: givenName ?? null,
    familyName: familyName ?? null,
    username: username ?? null,
    groups: [...groups],
  };
}
