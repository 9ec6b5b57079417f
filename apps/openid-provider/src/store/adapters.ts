import type { Adapter, AdapterPayload } from "oidc-provider";
import { errors } from "oidc-provider";
import { type Applications, clientMetadata } from "../applications.ts";
import { artifactKeyOf, resumedArtifact } from "../interaction/interactions.ts";
import type { RecentRequests } from "../interaction/recent-requests.ts";
import type { Resumption } from "../interaction/resume-in-process.ts";
import { type GrantName, parseGrantId } from "../tokens/grants.ts";
import type { RefreshRotation } from "../tokens/refresh-rotation.ts";
import { SCOPES } from "../tokens/session-claims.ts";
import type { Artifact, ArtifactStore, Payload } from "./artifact-store.ts";
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
  readonly rotation: RefreshRotation;
  /** A refresh token was used again within its window, for the first time. */
  readonly noteRepetition: (grant: GrantName) => Promise<void>;
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
    async upsert(id, payload, expiresIn) {
      changes().put(artifactOf(kind, id, payload, expiresIn, now));
    },
    async find(id) {
      const found = await store.find({ kind, id });
      return found === null ? undefined : restored(found.payload, id, found.consumedAt !== null);
    },
    async destroy(id) {
      changes().remove({ kind, id });
    },
  };
}

function artifactOf(
  kind: string,
  id: string,
  { jti: _, ...payload }: AdapterPayload,
  expiresIn: number | undefined,
  now: () => Date,
): Artifact {
  if (expiresIn === undefined) {
    throw new Error(`A ${kind} that never expires is not to be stored`);
  }
  const expiresAt = new Date(now().getTime() + expiresIn * 1000);
  return { kind, id, payload, grantId: payload.grantId ?? null, expiresAt };
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
      return found === null ? undefined : restored(found.payload, id, found.consumedAt !== null);
    },
    consume: async () => undefined,
    revokeByGrantId: async () => undefined,
  };
}

/** One use, too; but a request that is refused leaves it as it was, and one at the same time may be served alike. */
function refreshTokens(deps: AdapterDeps): Adapter {
  const kind = "RefreshToken";
  const base = stored(kind, deps);
  const mayRepeat = (payload: Payload, usedAt: Date) => deps.rotation.mayRepeat(payload.clientId, usedAt);

  async function noteRepetition(id: string, grant: GrantName): Promise<void> {
    if ((await deps.store.addOnce({ kind, id }, "repeated", true)) !== null) {
      await deps.noteRepetition(grant);
    }
  }

  return {
    ...base,
    async upsert(id, payload, expiresIn) {
      // A successor may be there already, used even: by a request at the same time, which was given the same one.
      const artifact = artifactOf(kind, id, payload, expiresIn, deps.now);
      if (payload.rotations === undefined) {
        deps.changes().put(artifact);
      } else {
        deps.changes().add(artifact);
      }
    },
    async find(id) {
      const found = await deps.store.find({ kind, id });
      if (found === null) {
        return undefined;
      }
      const { payload, consumedAt } = found;
      return restored(payload, id, consumedAt !== null && !(await mayRepeat(payload, consumedAt)));
    },
    async consume(id) {
      const found = await deps.store.consume({ kind, id });
      if (found?.consumedAt === null) {
        return;
      }
      // Another request was faster.
      const grant = parseGrantId(String(found?.payload.grantId));
      if (found !== null && grant !== null) {
        if (await mayRepeat(found.payload, found.consumedAt)) {
          return noteRepetition(id, grant);
        }
        await revokeGrant(deps, String(found.payload.grantId)); // used twice (RFC 9700, 4.14.2)
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
      if (found?.consumedAt !== null) {
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
      if (resumed?.key.id === id) {
        deps.changes().put(resumedArtifact(resumed, deps.now()));
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
        iat: 0, // known to nobody, and never in the future: oidc-provider compares it with the machine's clock
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
