import type { JobDeclaration } from "@sallyport/queue";
import type { Loop } from "../loop.ts";
import type { WorkerServices } from "../services.ts";
import { auditAnchorsLoop } from "./audit-anchors/job.ts";
import { auditSealsLoop } from "./audit-seals/job.ts";
import { auditStreamsLoop } from "./audit-streams/job.ts";
import { auditVerificationJob } from "./audit-verification/job.ts";
import { auditVerificationByClockJob } from "./audit-verification-by-clock/job.ts";
import { certificateExpiryJob } from "./certificate-expiry/job.ts";
import { deletedOrganizationsJob } from "./deleted-organizations/job.ts";
import { domainsJob } from "./domains/job.ts";
import { eraseJob } from "./erase/job.ts";
import { idpMetadataJob } from "./idp-metadata/job.ts";
import { idpSignalsLoop } from "./idp-signals/job.ts";
import { logoutJob } from "./logout/job.ts";
import { outboxLoop } from "./outbox/job.ts";
import { purgeJob } from "./purge/job.ts";
import { reconcileJob } from "./reconcile/job.ts";
import { resealJob } from "./reseal/job.ts";
import { signalsLoop } from "./signals/job.ts";
import { statisticsLoop } from "./statistics/job.ts";
import { sweepJob } from "./sweep/job.ts";
import { webhooksLoop } from "./webhooks/job.ts";

/**
 * Every job that goes by the queue. A new one is a folder beside these, with its declaration in `job.ts`, and its line here; if other
 * apps ask for it, its function in `job-requests.ts`.
 */
export const JOBS: readonly JobDeclaration<WorkerServices>[] = [
  reconcileJob,
  logoutJob,
  idpMetadataJob,
  domainsJob,
  sweepJob,
  purgeJob,
  certificateExpiryJob,
  resealJob,
  deletedOrganizationsJob,
  auditVerificationJob,
  auditVerificationByClockJob,
  eraseJob,
];

/** What goes without the queue: each process does it by its own clock. */
export const LOOPS: readonly Loop<WorkerServices>[] = [
  outboxLoop,
  auditSealsLoop,
  auditAnchorsLoop,
  statisticsLoop,
  webhooksLoop,
  signalsLoop,
  idpSignalsLoop,
  auditStreamsLoop,
];
