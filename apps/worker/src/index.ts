export type { TokenSigner } from "./jobs/logout/notify.ts";
export type { Checkpoint, ReachCheckpoint } from "./jobs/reconcile/checkpoint.ts";
export { createWorker, type Worker, type WorkerDeps } from "./worker.ts";
