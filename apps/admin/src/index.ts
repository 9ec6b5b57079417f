export { createAdmin } from "./admin.ts";
export type { AdminDeps, RotateSigningKeys } from "./deps.ts";
