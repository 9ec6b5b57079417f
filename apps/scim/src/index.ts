export { createScim, type Scim, type ScimDeps } from "./scim.ts";
