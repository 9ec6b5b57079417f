export {
  eraseLoginRecords,
  eraseTestLogins,
  type FoundRecord,
  type RecordCursor,
} from "./erase.ts";
export type { Finding } from "./finding.ts";
export { createLoginTrace, type LoginStep, type LoginStepName, type LoginTrace } from "./login-trace.ts";
export {
  maskUnparsedXml,
  maskUnverifiedUrl,
  maskUnverifiedXml,
  maskUrl,
  maskXml,
  showClaims,
} from "./mask.ts";
export {
  countLoginRecordsBefore,
  deleteOldLoginRecords,
  deleteUnfinishedLoginRecords,
} from "./retention.ts";
export {
  type ClosedLogin,
  closeLoginRecord,
  closingStatement,
  type LoginOutcome,
  type LoginRecordKey,
  openingStatement,
  progressStatement,
  recordOrphanResponse,
  stepsJson,
} from "./store.ts";
export {
  type CreatedTestLogin,
  createTestLogin,
  findDraftUnderTest,
  findTestLogin,
  finishTestLogin,
  isDraftTested,
  openTestLogin,
  startTestLogin,
  type TestedIdentity,
  type TestLogin,
} from "./test-logins.ts";
