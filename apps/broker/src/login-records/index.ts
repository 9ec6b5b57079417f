export { createLoginTrace, type LoginStep, type LoginStepName, type LoginTrace } from "./login-trace.ts";
export { maskUrl, maskXml, showClaims } from "./mask.ts";
export { closeLoginRecord, type LoginOutcome, type LoginRecordKey, recordStray } from "./store.ts";
