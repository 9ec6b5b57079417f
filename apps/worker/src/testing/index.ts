export { createReconciliation, type TestReconciliation } from "./reconciliation.ts";
export { createTenant, type Tenant } from "./tenant.ts";
