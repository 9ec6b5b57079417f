export { OutboundError, type OutboundErrorCode } from "./error.ts";
export type { Lookup } from "./look-ups.ts";
export { createOutbound, type Outbound, type OutboundOptions, type OutboundStream } from "./outbound.ts";
