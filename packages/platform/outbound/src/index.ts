export { OutboundError, type OutboundErrorCode } from "./error.ts";
export { createOutbound, type Outbound, type OutboundOptions } from "./outbound.ts";
