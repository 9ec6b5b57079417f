import type { Scenario } from "../scenario.ts";
import { oidcLogin } from "./oidc-login.ts";
import { push } from "./push.ts";
import { samlLogin } from "./saml-login.ts";
import { scimCreate } from "./scim-create.ts";
import { scimLookUp } from "./scim-look-up.ts";
import { scimMember } from "./scim-member.ts";

/** In the order in which they run. */
export const SCENARIOS: readonly Scenario[] = [
  samlLogin,
  oidcLogin,
  scimCreate,
  scimLookUp,
  scimMember,
  push,
];
