export { isUnavailable, type Outage, type OutageKind, outageOf, type Server, Unavailable } from "./outage.ts";
export { RETRY_AFTER_SECONDS, reportOutage, UNAVAILABLE } from "./report.ts";
export { onceAvailable, type Waiting } from "./wait.ts";
