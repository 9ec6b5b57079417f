import { slug } from "../../api/text.ts";

// What stands in the gateway's own addresses, or reads as if the gateway itself were meant.
const RESERVED = new Set([
  ...["admin", "api", "console", "demo-idp", "healthz", "metrics", "oauth2", "readyz", "scim", "session"],
  ...["sessions", "setup", "sign-in", "signin", "sign-out", "sso", "well-known"],
  ...["gateway", "internal", "operator", "operators", "root", "sallyport", "security", "support", "system"],
  ...["all", "any", "me", "new", "none", "null", "self", "undefined", "www"],
]);

/** A slug that an organization may be given; what it was given before may be older than these rules. */
export const newSlug = slug
  .refine((value) => !RESERVED.has(value), "Is a reserved word")
  .refine((value) => !/^[0-9a-f]{32}$/.test(value), "Must not look like an id")
  // RFC 5891, section 4.2.3.1: such a label stands for another text, in a host name.
  .refine((value) => !/^..--/.test(value), "Must not have hyphens as its third and fourth character");
