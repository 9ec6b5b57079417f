export { JOBS } from "./jobs/index.ts";
export type { TokenSigner } from "./jobs/logout/notify.ts";
export type { Checkpoint, ReachCheckpoint } from "./jobs/reconcile/checkpoint.ts";
export { createJobRequests, type JobRequests } from "./requests.ts";
export type { WorkerServices } from "./services.ts";
export { createWorker, type Worker, type WorkerDeps } from "./worker.ts";
