import type { RequestHandler } from "express";
import type { AccessTokens } from "../access-tokens.ts";
import { requireBearer } from "./bearer.ts";

/**
 * Forward authentication for nginx (auth_request), Envoy (ext_authz) and Traefik (ForwardAuth): 200 and who it is, in
 * headers, or 401. Values are percent-encoded (headers carry ASCII), lists are joined by commas.
 */
export function verify(accessTokens: AccessTokens): RequestHandler {
  return async (req, res) => {
    const { session } = await requireBearer(req, undefined, accessTokens);
    const identity = {
      "x-auth-subject": session.userId,
      "x-auth-session": session.id,
      "x-auth-email": encode(session.user.email ?? ""),
      "x-auth-name": encode(session.user.name ?? ""),
      "x-auth-org": session.organizationId,
      "x-auth-org-slug": encode(session.organizationSlug),
      "x-auth-roles": session.roles.map(encode).join(","),
      "x-auth-permissions": session.permissions.map(encode).join(","),
      "x-auth-groups": session.groups.map(encode).join(","),
    };
    res.set(identity).set("cache-control", "no-store").status(200).end();
  };
}

// What addresses and keys are made of stays readable.
function encode(value: string): string {
  return encodeURIComponent(value).replaceAll("%40", "@").replaceAll("%3A", ":");
}
