export { createAdmin } from "./admin.ts";
export type { AdminDeps, SigningKeyChanges } from "./deps.ts";
