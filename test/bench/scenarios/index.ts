import type { Scenario } from "../scenario.ts";
import { loginAlone, loginDuringPush } from "./login-during-push.ts";
import { oidcLogin } from "./oidc-login.ts";
import { push } from "./push.ts";
import { samlAcs, samlCode } from "./saml-acs.ts";
import { samlLogin } from "./saml-login.ts";
import { samlValidation } from "./saml-validation.ts";
import { scimAbuse } from "./scim-abuse.ts";
import { scimActive } from "./scim-active.ts";
import { scimCreate } from "./scim-create.ts";
import { scimLargeGroup } from "./scim-large-group.ts";
import { scimLookUp } from "./scim-look-up.ts";
import { scimMember } from "./scim-member.ts";
import { scimMembers } from "./scim-members.ts";

/** In the order in which they run. */
export const SCENARIOS: readonly Scenario[] = [
  ...samlValidation,
  samlAcs,
  samlCode,
  samlLogin,
  oidcLogin,
  scimCreate,
  scimLookUp,
  scimActive,
  scimMember,
  scimMembers,
  push,
  loginAlone,
  loginDuringPush,
  scimLargeGroup,
  scimAbuse,
];
