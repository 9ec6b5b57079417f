export type { Checkpoint, ReachCheckpoint } from "./checkpoint.ts";
export type { TokenSigner } from "./logout/notify.ts";
export { createReconciler, type Reconciler, type ReconcilerDeps } from "./reconciler.ts";
