import type { ConnectionType } from "@sallyport/connections";
import type { Sql } from "@sallyport/database";
import { requestId } from "@sallyport/http";
import type { UpstreamLogout } from "@sallyport/interactions";
import type { Logger } from "@sallyport/logging";
import { outageOf, reportOutage } from "@sallyport/outage";
import type { Request, Response } from "express";
import { type EndedSession, findEndedSession } from "./ended-session.ts";

/**
 * Takes a sign-out at one of our applications on to the IdP by one protocol. Resolves to false where its IdP takes none:
 * then nothing was sent.
 * @param target where the application wants the browser in the end; null where it did not say
 */
export type LogoutToIdp = (
  req: Request,
  res: Response,
  ended: EndedSession,
  target: string | null,
) => Promise<boolean>;

/** Sends the browser on to the IdP that signed the person in, by the protocol of its connection. Never throws. */
export function createUpstreamLogout(
  sql: Sql,
  log: Logger,
  protocols: Readonly<Record<ConnectionType, LogoutToIdp>>,
): UpstreamLogout {
  return {
    async redirectToIdp(req: Request, res: Response, { sessionId, target }) {
      try {
        const ended = await findEndedSession(sql, sessionId);
        return ended !== null && (await protocols[ended.connection.type](req, res, ended, target));
      } catch (error) {
        // The person is signed out here already: what fails now must not keep them from going home.
        const outage = outageOf(error);
        const about = { requestId: requestId(req), sessionId };
        if (outage !== undefined) {
          reportOutage(log, outage, about);
        } else {
          log.error({ ...about, err: error }, "the IdP was not told of a logout");
        }
        return false;
      }
    },
  };
}
