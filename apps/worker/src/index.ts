/**
 * The worker: everything that runs apart from requests.
 *
 * - `jobs/index.ts`: the list of jobs; each has a folder beside it, with its declaration in `job.ts`
 * - `job-requests.ts`: what other apps ask the worker for; `services.ts`: what jobs work with
 * - `worker.ts`, `loop.ts`: starts and stops the jobs, and what each process does by its own clock
 */

export { createJobRequests, type JobRequests } from "./job-requests.ts";
export type { AnchorSettings } from "./jobs/audit-anchors/destinations.ts";
export { JOBS } from "./jobs/index.ts";
export type { TokenSigner } from "./jobs/logout/notify.ts";
export type { Checkpoint, ReachCheckpoint } from "./jobs/reconcile/checkpoint.ts";
export type { WorkerServices } from "./services.ts";
export { createWorker, type Worker, type WorkerDeps } from "./worker.ts";
