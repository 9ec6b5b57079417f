export { type DirectorySettings, directorySettings } from "./directory/settings.ts";
export { PROVIDERS, type Provider } from "./quirks/quirks.ts";
export { createScim, type Scim, type ScimDeps } from "./scim.ts";
export type { RateLimit } from "./transport/rate-limit.ts";
