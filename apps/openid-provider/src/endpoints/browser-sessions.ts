import type { Request, Response } from "express";
import type { ServingProvider } from "../provider/provider.ts";
import type { ArtifactStore } from "../store/artifact-store.ts";
import type { BrowserSession } from "./logout.ts";

export interface BrowserSessions {
  /** The sign-in that the request's cookie stands for; null when there is none. */
  find(req: Request, res: Response): Promise<BrowserSession | null>;
  forget(req: Request, res: Response, session: BrowserSession): Promise<void>;
}

/** oidc-provider's own sessions, for the endpoints that it does not serve. */
export function createBrowserSessions(
  current: () => Promise<ServingProvider>,
  store: ArtifactStore,
): BrowserSessions {
  return {
    async find(req, res) {
      const { provider } = await current();
      const session = await provider.Session.get(provider.createContext(req, res));
      return session.accountId === undefined ? null : { id: session.jti, sessionId: session.accountId };
    },
    async forget(req, res, session) {
      const { provider } = await current();
      await store.write({ remove: [{ kind: "Session", id: session.id }] });
      provider.createContext(req, res).cookies.set(provider.cookieName("session"), null, { path: "/" });
    },
  };
}
