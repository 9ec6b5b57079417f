import type { Queues } from "@sallyport/queue";
import { auditVerificationJob } from "./jobs/audit-verification/job.ts";
import { eraseJob } from "./jobs/erase/job.ts";
import { idpMetadataJob } from "./jobs/idp-metadata/job.ts";
import { logoutJob } from "./jobs/logout/job.ts";
import { reconcileJob } from "./jobs/reconcile/job.ts";

/**
 * What other apps ask the worker for; the gateway hands these functions to them. Each says that there is something to look
 * at, and nothing else. Call it after the commit of the change. Never throws, never blocks; calls that come close together
 * become one job, and the sweep makes up for whatever is lost.
 */
export interface JobRequests {
  /** Asks for a reconciliation of one organization. */
  readonly requestReconcile: (organizationId: string) => void;
  /** Asks that applications are told of sessions that ended. */
  readonly requestLogout: () => void;
  /** Asks that identity providers' metadata which is due is looked at. */
  readonly requestMetadata: () => void;
  /** Asks for the verifications of audit trails that are to be done. */
  readonly requestAuditVerification: () => void;
  /** Asks that people are erased who are due. */
  readonly requestErasure: () => void;
}

/** @param queues where the jobs go */
export function createJobRequests(queues: Pick<Queues<never>, "request" | "requestFor">): JobRequests {
  return {
    requestReconcile: (organizationId) => queues.requestFor(reconcileJob, organizationId),
    requestLogout: () => queues.request(logoutJob),
    requestMetadata: () => queues.request(idpMetadataJob),
    requestAuditVerification: () => queues.request(auditVerificationJob),
    requestErasure: () => queues.request(eraseJob),
  };
}
