import type { Adapter, AdapterPayload } from "oidc-provider";
import { errors } from "oidc-provider";
import { type Applications, clientMetadata } from "../applications.ts";
import { artifactKeyOf } from "../interaction/interactions.ts";
import type { RecentRequests } from "../interaction/recent-requests.ts";
import type { Resumption } from "../interaction/resume-in-process.ts";
import { type GrantName, parseGrantId } from "../tokens/grants.ts";
import { SCOPES, seconds } from "../tokens/session-claims.ts";
import type { ArtifactStore, Payload } from "./artifact-store.ts";
import type { PendingChanges } from "./pending-changes.ts";

export interface AdapterDeps {
  readonly applications: Applications;
  readonly store: ArtifactStore;
  readonly issuer: string;
  readonly now: () => Date;
  readonly recent: RecentRequests;
  /** The token of the browser that is being answered; `ensure` gives one to a browser that has none. */
  readonly browser: { read(): string | null; ensure(): string };
  /** What goes on within the request that is being answered. */
  readonly resumed: () => Resumption | undefined;
  /** Those of the request that is being answered. */
  readonly changes: () => PendingChanges;
  /** Ends all that an authorization led to. */
  readonly revokeGrant: (grant: GrantName, grantId: string) => Promise<void>;
}

/** oidc-provider's storage interface, model by model. */
export function createAdapters(deps: AdapterDeps): (model: string) => Adapter {
  const special: Readonly<Record<string, () => Adapter>> = {
    Client: () => clients(deps),
    Grant: () => grants(deps),
    Interaction: () => interactions(deps),
    AuthorizationCode: () => authorizationCodes(deps),
    RefreshToken: () => refreshTokens(deps),
    Session: () => stored("Session", deps),
    PushedAuthorizationRequest: () => pushedRequests(deps),
  };
  return (model) => special[model]?.() ?? neverStored(model);
}

/** Kept in the store under its digest: the payload's own copy of the id is left out. */
function stored(kind: string, { store, changes, now }: AdapterDeps): Adapter {
  return {
    ...neverStored(kind),
    async upsert(id, { jti: _, ...payload }, expiresIn) {
      if (expiresIn === undefined) {
        throw new Error(`A ${kind} that never expires is not to be stored`);
      }
      const expiresAt = new Date(now().getTime() + expiresIn * 1000);
      changes().put({ kind, id, payload, grantId: payload.grantId ?? null, expiresAt });
    },
    async find(id) {
      const found = await store.find({ kind, id });
      return found === null ? undefined : restored(found.payload, id, found.consumed);
    },
    async destroy(id) {
      changes().remove({ kind, id });
    },
  };
}

function restored(payload: Payload, id: string, consumed: boolean): AdapterPayload {
  return { ...payload, jti: id, ...(consumed ? { consumed: true } : {}) };
}

/** One use: reading a code spends it, whatever comes of the request (RFC 6749, 10.5). */
function authorizationCodes(deps: AdapterDeps): Adapter {
  const kind = "AuthorizationCode";
  const base = stored(kind, deps);
  return {
    ...base,
    async upsert(id, payload, expiresIn) {
      const grant = parseGrantId(payload.grantId ?? "");
      if (grant === null) {
        throw new Error("A code without a grant");
      }
      deps.changes().note({ sessionId: grant.sessionId, clientId: grant.clientId });
      await base.upsert(id, payload, expiresIn);
    },
    async find(id) {
      const found = await deps.store.consume({ kind, id });
      return found === null ? undefined : restored(found.payload, id, found.consumed);
    },
    consume: async () => undefined,
    revokeByGrantId: async () => undefined,
  };
}

/** One use, too; but a request that is refused leaves it as it was. */
function refreshTokens(deps: AdapterDeps): Adapter {
  const kind = "RefreshToken";
  return {
    ...stored(kind, deps),
    async consume(id) {
      const found = await deps.store.consume({ kind, id });
      if (found?.consumed === false) {
        return;
      }
      // Another request was faster: the token was used twice (RFC 9700, 4.14.2).
      const grantId = found?.payload.grantId;
      if (typeof grantId === "string") {
        await revokeGrant(deps, grantId);
      }
      throw new errors.InvalidGrant("refresh token already used");
    },
    revokeByGrantId: (grantId) => deps.store.removeGrant(grantId),
  };
}

function pushedRequests(deps: AdapterDeps): Adapter {
  const kind = "PushedAuthorizationRequest";
  return {
    ...stored(kind, deps),
    async consume(id) {
      const found = await deps.store.consume({ kind, id });
      if (found?.consumed !== false) {
        throw new errors.InvalidRequestUri("request_uri is invalid, expired, or was already used");
      }
    },
  };
}

/**
 * Resuming an authorization request ends its interaction. `Interactions` answers the sign-in pages meanwhile. Each is the
 * browser's that it was made by.
 */
function interactions(deps: AdapterDeps): Adapter {
  const base = stored("Interaction", deps);
  return {
    ...base,
    // returnTo spells out the id, and session.cookie that of the browser's session; neither is read again
    async upsert(id, { returnTo: _, session, ...rest }, expiresIn) {
      const payload = session === undefined ? rest : { ...rest, session: { uid: session.uid } };
      const key = { id, browser: deps.browser.ensure() };
      await base.upsert(artifactKeyOf(key).id, payload, expiresIn);
      deps.recent.put(key, payload);
    },
    async find(id) {
      const resumed = deps.resumed();
      if (resumed?.id === id) {
        return restored(resumed.payload, id, false);
      }
      const browser = deps.browser.read();
      if (browser === null) {
        return undefined;
      }
      deps.recent.forget({ id, browser });
      const payload = await deps.store.take(artifactKeyOf({ id, browser }));
      return payload === null ? undefined : restored(payload, id, false);
    },
    destroy: async () => undefined,
  };
}

/** What a grant allows is the same for all, so it needs no storage: see `GrantName`. */
function grants(deps: AdapterDeps): Adapter {
  const scope = SCOPES.join(" ");
  return {
    ...neverStored("Grant"),
    async find(id) {
      const grant = parseGrantId(id);
      if (grant === null) {
        return undefined;
      }
      return {
        jti: id,
        kind: "Grant",
        iat: seconds(deps.now()),
        accountId: grant.sessionId,
        clientId: grant.clientId,
        openid: { scope },
        resources: { [deps.issuer]: scope },
      };
    },
    destroy: (id) => revokeGrant(deps, id),
  };
}

async function revokeGrant(deps: AdapterDeps, grantId: string): Promise<void> {
  const grant = parseGrantId(grantId);
  if (grant !== null) {
    await deps.revokeGrant(grant, grantId);
  }
}

function clients({ applications }: AdapterDeps): Adapter {
  return {
    ...neverStored("Client"),
    async find(id) {
      const application = await applications.find(id);
      // The types know no metadata here: oidc-provider reads a client's by the same method as any payload.
      return application === null ? undefined : ({ ...clientMetadata(application) } as AdapterPayload);
    },
  };
}

/** JWT access tokens are kept nowhere, and models of features that are off must not be used. */
function neverStored(model: string): Adapter {
  const unexpected = async () => {
    throw new Error(`${model} is not stored`);
  };
  return {
    upsert: unexpected,
    find: async () => undefined,
    findByUid: unexpected,
    findByUserCode: unexpected,
    consume: unexpected,
    destroy: unexpected,
    revokeByGrantId: async () => undefined,
  };
}
