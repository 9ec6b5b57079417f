import { requestId } from "@sallyport/http";
import { createFailureLimit, createLevels } from "@sallyport/limits";
import { closeLoginRecord, createLoginTrace, showClaims } from "@sallyport/login-records";
import { IdpFailure } from "@sallyport/oidc-client";
import type { Request } from "express";
import { LogoutFailure } from "../failures.ts";
import type { SingleLogoutDeps } from "../index.ts";
import { decodeLogoutToken } from "./logout-token.ts";

/** Of one network, to one connection: each refusal leaves a record, and anybody can send garbage. */
const REFUSALS = { perSecond: 0.5, burst: 30 };
const MAX_SHOWN = 4_096;

/** Does the work; why it was refused goes where the connection's administrator looks. Throws `LogoutFailure`. */
export type RefusalRecorder = (
  req: Request,
  connection: { readonly id: string; readonly organizationId: string },
  /** What the record shows of the message. */
  response: () => string | undefined,
  work: () => Promise<void>,
) => Promise<void>;

/** Keeps refused logouts among the connection's login records. */
export function createRefusalRecorder(deps: SingleLogoutDeps): RefusalRecorder {
  const refusals = createFailureLimit(createLevels(deps), REFUSALS);
  return async (req, connection, response, work) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof IdpFailure)) {
        throw error;
      }
      const wait = refusals.count(req.ip, connection.id);
      if (wait !== null) {
        throw new LogoutFailure("too_many_refused", { retryAfter: wait });
      }
      const trace = createLoginTrace(deps.now);
      trace.add("logout_requested");
      trace.add("failed", { ...error.finding });
      const { organizationId, id: connectionId } = connection;
      await closeLoginRecord(
        deps.database.sql,
        { organizationId, connectionId, recordId: null, requestId: requestId(req) },
        {
          outcome: "failure",
          errorCode: error.finding.code,
          steps: trace.steps,
          response: response(),
          now: deps.now(),
        },
      );
      const code = error.kind === "unreachable" ? "unavailable" : "logout_invalid";
      throw new LogoutFailure(code, { finding: error.finding, cause: error });
    }
  };
}

/** Anybody can send it: its beginning tells what it is. */
export function showUnverified(jwt: string): string | undefined {
  try {
    return showClaims({ ...decodeLogoutToken(jwt) }).slice(0, MAX_SHOWN);
  } catch {
    return undefined; // the record's code says that it is no JWT
  }
}
