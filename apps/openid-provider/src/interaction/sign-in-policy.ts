import type { Sql } from "@sallyport/database";
import { isId } from "@sallyport/database";
import type { WaitingSessions } from "@sallyport/interactions";
import { canonicalDomain } from "@sallyport/people";
import type { LiveSession } from "@sallyport/sessions";
import { errors, interactionPolicy, type KoaContextWithOIDC } from "oidc-provider";
import { sessionOf } from "../provider/account.ts";

const { Check, Prompt } = interactionPolicy;

/** Why somebody must sign in; kept with the interaction. */
const REASONS = {
  noSession: "no_session",
  asked: "login_prompt",
  otherAccount: "select_account_prompt",
  tooLongAgo: "max_age",
  elsewhere: "other_session_asked_for",
  newer: "newer_session_waits",
} as const;

/** Those that need a new authentication: an IdP's existing session is not enough. */
const FORCING: readonly string[] = [REASONS.asked, REASONS.tooLongAgo];

/** What the IdP must be asked for, by the reasons that were kept with the interaction. */
export function wantedOfIdp(reasons: readonly string[]): {
  readonly forceLogin: boolean;
  readonly selectAccount: boolean;
} {
  return {
    forceLogin: reasons.some((reason) => FORCING.includes(reason)),
    selectAccount: reasons.includes(REASONS.otherAccount),
  };
}

/** How far the IdP's clock may be behind ours. */
const CLOCK_SKEW_MS = 120_000;

/**
 * When an authorization request needs a sign-in. There is no consent: applications are the operator's own
 * (prompt=consent is accepted and asks nothing).
 */
export function signInPolicy(
  sql: Sql,
  now: () => Date,
  waiting: Pick<WaitingSessions, "has">,
): interactionPolicy.Prompt[] {
  const login = new Prompt({ name: "login", requestable: true });
  // The stock check of a requestable prompt looks for a result named "login": see interactions.ts why ours is not.
  login.checks.clear();
  const signInWhen = (reason: string, description: string, check: (ctx: KoaContextWithOIDC) => Answer) =>
    login.checks.add(new Check(reason, description, "login_required", check));

  signInWhen(REASONS.noSession, "nobody is signed in", (ctx) => {
    if (sessionOf(ctx) !== null) {
      return false;
    }
    refuseToAskAgain(ctx, "the new session has already ended");
    return true;
  });
  signInWhen(REASONS.asked, "a new sign-in was asked for", (ctx) => {
    return ctx.oidc.prompts.has("login") && !hasJustSignedIn(ctx);
  });
  // Only the IdP knows which accounts there are, so the choice is passed on to it (Core 3.1.2.1).
  signInWhen(REASONS.otherAccount, "another account may be meant", (ctx) => {
    return ctx.oidc.prompts.has("select_account") && !hasJustSignedIn(ctx);
  });
  signInWhen(REASONS.tooLongAgo, "the sign-in is older than max_age", (ctx) => {
    const session = sessionOf(ctx);
    const maxAge = textOf(ctx, "max_age");
    if (session === null || maxAge === undefined || wasForced(ctx)) {
      return false;
    }
    if (session.authTime === null) {
      return true; // an unknown time proves nothing
    }
    // An IdP that remembered the person may tell of a sign-in long ago: then they are sent once more, to a new one.
    const tolerated = hasJustSignedIn(ctx) ? CLOCK_SKEW_MS : 0;
    return now().getTime() - session.authTime.getTime() > Number(maxAge) * 1000 + tolerated;
  });
  signInWhen(REASONS.elsewhere, "somebody else, or somewhere else, is signed in", async (ctx) => {
    const session = sessionOf(ctx);
    if (session === null || (await answers(session, ctx, sql))) {
      return false;
    }
    refuseToAskAgain(ctx, "the sign-in was not for the organization, connection or user asked for");
    return true;
  });

  signInWhen(
    REASONS.newer,
    "somebody has just come from their identity provider's own pages",
    async (ctx) => {
      const { client, prompts } = ctx.oidc;
      // A request without interaction gets the existing session.
      if (client === undefined || prompts.has("none") || hasJustSignedIn(ctx)) {
        return false;
      }
      return waiting.has(ctx.req, client.clientId);
    },
  );

  return [login, requestable("select_account"), requestable("consent")];
}

/** A prompt that may be asked for, and by itself stops nobody. */
function requestable(name: string): interactionPolicy.Prompt {
  const prompt = new Prompt({ name, requestable: true });
  prompt.checks.clear();
  return prompt;
}

type Answer = boolean | Promise<boolean>;

// If the sign-in just made did not fix it, another would not either: the browser would be redirected endlessly.
function refuseToAskAgain(ctx: KoaContextWithOIDC, why: string): void {
  if (hasJustSignedIn(ctx)) {
    throw new errors.AccessDenied(why);
  }
}

/** Whether this request is the way back from a sign-in. */
function hasJustSignedIn(ctx: KoaContextWithOIDC): boolean {
  return ctx.oidc.result?.signIn !== undefined;
}

/** Whether that sign-in had the person authenticate anew. */
function wasForced(ctx: KoaContextWithOIDC): boolean {
  const reasons = ctx.oidc.entities.Interaction?.prompt.reasons ?? [];
  return hasJustSignedIn(ctx) && wantedOfIdp(reasons).forceLogin;
}

async function answers(session: LiveSession, ctx: KoaContextWithOIDC, sql: Sql): Promise<boolean> {
  const organization = textOf(ctx, "organization");
  if (organization !== undefined && !isOf(session, organization)) {
    return false;
  }
  const connection = textOf(ctx, "connection");
  if (connection !== undefined && connection !== session.connectionId) {
    return false;
  }
  const hinted = ctx.oidc.entities.IdTokenHint?.payload.sub;
  if (hinted !== undefined && hinted !== session.userId) {
    return false;
  }
  const domain = textOf(ctx, "domain");
  return domain === undefined || ownsDomain(sql, session.organizationId, domain);
}

function isOf(session: LiveSession, organization: string): boolean {
  return isId(organization)
    ? organization === session.organizationId
    : organization === session.organizationSlug;
}

async function ownsDomain(sql: Sql, organizationId: string, domain: string): Promise<boolean> {
  const { rowCount } = await sql.query(
    "SELECT FROM domains WHERE organization_id = $1 AND verified_name = $2",
    [organizationId, canonicalDomain(domain)],
    "organization_owns_domain",
  );
  return rowCount === 1;
}

function textOf(ctx: KoaContextWithOIDC, name: string): string | undefined {
  const value = ctx.oidc.params?.[name];
  return typeof value === "string" ? value : undefined;
}
