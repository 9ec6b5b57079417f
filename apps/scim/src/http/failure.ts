import type { Logger } from "@sallyport/logging";
import { outageOf, reportOutage, UNAVAILABLE } from "@sallyport/outage";
import { errorDocument, ScimError } from "../protocol/error.ts";
import type { ScimResponse } from "../protocol/exchange.ts";

/**
 * The response to whatever was thrown: a ScimError as it is, an outage as 503, all else as 500 without detail.
 * @param id of the request
 */
export function failure(error: unknown, id: string, log: Logger): ScimResponse {
  const outage = outageOf(error);
  if (outage !== undefined) {
    reportOutage(log, outage, { requestId: id });
  }
  const unavailable = outage !== undefined;
  const scimError =
    error instanceof ScimError
      ? error
      : unavailable
        ? new ScimError(503, UNAVAILABLE)
        : unexpected(error, id, log);
  return {
    unavailable,
    status: scimError.status,
    body: { ...errorDocument(scimError), schemas: [...errorDocument(scimError).schemas] },
    headers: scimError.headers,
  };
}

function unexpected(error: unknown, id: string, log: Logger): ScimError {
  log.error({ requestId: id, err: error }, "unexpected error in the SCIM server");
  return new ScimError(500, `Something went wrong on our side. Report request ${id} to the operator.`);
}
