import { decodeJwt } from "jose";
import { errors, type KoaContextWithOIDC } from "oidc-provider";

type Validation = (ctx: KoaContextWithOIDC, value: string | undefined) => void;

const LONGEST = 320; // an email address (RFC 3696, erratum 1690), the longest of them

/**
 * The parameters of an authorization request beyond the standard: which organization, connection or email domain is
 * to sign in. `scope` stands here for the hook alone, which runs on requests both direct and pushed.
 */
export const EXTRA_PARAMETERS: Record<string, Validation> = {
  organization: refuseLong("organization"),
  connection: refuseLong("connection"),
  domain: refuseLong("domain"),
  scope: (ctx) => {
    refuseControlCharacters(ctx);
    restoreOfflineAccess(ctx);
  },
};

function refuseLong(name: string): Validation {
  return (_ctx, value) => {
    if (value !== undefined && value.length > LONGEST) {
      throw new errors.InvalidRequest(`${name} must not be longer than ${LONGEST} characters`);
    }
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is refused
const CONTROL = /[\u0000-\u001f\u007f]/;

// They have no business in any parameter, and PostgreSQL stores no zero byte.
function refuseControlCharacters(ctx: KoaContextWithOIDC): void {
  for (const [name, value] of Object.entries(ctx.oidc.params ?? {})) {
    if (typeof value === "string" && CONTROL.test(value)) {
      throw new errors.InvalidRequest(`${name} must not contain control characters`);
    }
  }
}

/**
 * oidc-provider drops `offline_access` unless prompt=consent. OpenID Connect Core 11 lets it stand where "other
 * conditions" allow it: the applications are the operator's own, and nobody is asked for consent.
 */
function restoreOfflineAccess(ctx: KoaContextWithOIDC): void {
  const { params } = ctx.oidc;
  if (params === undefined || !scopesAsked(ctx).includes("offline_access")) {
    return;
  }
  const kept = typeof params.scope === "string" ? params.scope.split(" ") : [];
  params.scope = [...new Set([...kept, "offline_access"])].join(" ");
}

function scopesAsked(ctx: KoaContextWithOIDC): string[] {
  const pushed = ctx.oidc.entities.PushedAuthorizationRequest?.request;
  const source = pushed === undefined ? (ctx.oidc.body ?? ctx.query) : decodeJwt(pushed);
  return typeof source.scope === "string" ? source.scope.split(" ") : [];
}
