import type { ConnectionType } from "@sallyport/connections";
import type { Database } from "@sallyport/database";
import { defined } from "@sallyport/defined";
import { recordEvents } from "@sallyport/events";
import { originOf, requestId } from "@sallyport/http";
import {
  closeLoginRecord,
  type LoginRecordKey,
  type LoginTrace,
  recordOrphanResponse,
} from "@sallyport/login-records";
import type { Request } from "express";
import { countOrphanResponse } from "./attempts.ts";
import type { StartContext } from "./context.ts";
import type { SignInFailure } from "./failures.ts";

interface Deps {
  readonly database: Database;
  readonly now: () => Date;
}

/** Records a login that failed before the IdP was asked. */
export async function recordFailedStart(
  { database, now }: Deps,
  key: LoginRecordKey,
  trace: LoginTrace,
  failure: SignInFailure,
): Promise<void> {
  trace.add("failed", { ...failure.finding });
  await closeLoginRecord(database.sql, key, {
    outcome: "failure",
    errorCode: failure.finding.code,
    steps: trace.steps,
    response: failure.response,
    now: now(),
  });
}

/** A response that belongs to no login. Anybody can send one. */
export interface OrphanResponse {
  readonly type: ConnectionType;
  readonly connectionId: string;
  /** The response, decoded and masked. */
  readonly shown: () => string;
}

/** Records a response that belongs to no login. Throws `SignInFailure` instead where there are too many of them. */
export async function recordOrphan(
  context: StartContext,
  req: Request,
  { type, connectionId, shown }: OrphanResponse,
  trace: LoginTrace,
  failure: SignInFailure,
): Promise<void> {
  countOrphanResponse(context, originOf(req, context.cookie), connectionId);
  trace.add("failed", { ...failure.finding });
  await recordOrphanResponse(context.database.sql, {
    ...{ type, connectionId, requestId: requestId(req) },
    response: shown(),
    errorCode: failure.finding.code,
    steps: trace.steps,
    now: context.now(),
  });
}

/** Records a login that failed once the IdP had responded, for the administrator and in the audit trail. */
export async function recordRefusal(
  { database, now }: Deps,
  key: LoginRecordKey & { readonly recordId: string },
  failure: SignInFailure,
  attempt: {
    readonly trace: LoginTrace;
    /** Decoded and masked, where it was verified. */
    readonly response?: string;
    readonly ip: string | undefined;
  },
): Promise<void> {
  const { trace, response, ip } = attempt;
  // The page's own code lets the same page answer the response when it is posted again (repeated-responses.ts).
  trace.add("failed", { ...failure.finding, page: failure.code });
  const { organizationId, connectionId, recordId, requestId } = key;
  const { code } = failure.finding;
  await database.transaction(async (sql) => {
    await closeLoginRecord(sql, key, {
      outcome: "failure",
      errorCode: code,
      steps: trace.steps,
      response: failure.response ?? response,
      now: now(),
    });
    await recordEvents(sql, [
      {
        organizationId,
        type: "sign_in.refused",
        actor: { type: "system" },
        resource: { type: "signIn", id: recordId },
        data: { connectionId, code },
        requestId,
        ...defined({ ip }),
      },
    ]);
  });
}
