export { type Claims, createPeopleWorld, type PeopleWorld, type Told } from "./people-world.ts";
export { createReconciliation, type TestReconciliation } from "./reconciliation.ts";
export { createTenant, type Tenant } from "./tenant.ts";
