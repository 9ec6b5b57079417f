export { OutboundError, type OutboundErrorCode } from "./error.ts";
export { createOutbound, type Outbound, type OutboundOptions, type OutboundStream } from "./outbound.ts";
