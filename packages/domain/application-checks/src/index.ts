export { eraseFromChecks } from "./erase.ts";
export { recordLogoutDeliveries } from "./logout-deliveries.ts";
export type {
  ApplicationCheck,
  AuthorizationRequestNote,
  LogoutDelivery,
  TokenErrorNote,
} from "./notes.ts";
export { readApplicationCheck } from "./read.ts";
export { type CheckRecorder, createCheckRecorder } from "./recorder.ts";
