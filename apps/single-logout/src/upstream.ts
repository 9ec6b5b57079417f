import { requestId } from "@sallyport/http";
import type { UpstreamLogout } from "@sallyport/interactions";
import type { Logger } from "@sallyport/logging";
import { outageOf, reportOutage } from "@sallyport/outage";

/** Sends the browser on by the first protocol that has an IdP to be told. Never throws. */
export function firstToRedirect(log: Logger, protocols: readonly UpstreamLogout[]): UpstreamLogout {
  return {
    async redirectToIdp(req, res, ended) {
      for (const protocol of protocols) {
        try {
          if (await protocol.redirectToIdp(req, res, ended)) {
            return true;
          }
        } catch (error) {
          // The person is signed out here already: what fails now must not keep them from going home.
          const outage = outageOf(error);
          const about = { requestId: requestId(req), sessionId: ended.sessionId };
          if (outage !== undefined) {
            reportOutage(log, outage, about);
          } else {
            log.error({ ...about, err: error }, "the IdP was not told of a logout");
          }
        }
      }
      return false;
    },
  };
}
