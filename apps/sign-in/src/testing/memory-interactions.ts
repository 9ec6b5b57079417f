import {
  InteractionEndedError,
  type InteractionKey,
  type Interactions,
  type SignInRequest,
} from "@sallyport/interactions";
import type { Response } from "express";

export interface MemoryInteractions extends Interactions {
  /** Opens a request of the browser with this token, and returns its id. */
  open(browser: string, request?: Partial<SignInRequest>): string;
  /** How each request ended. */
  readonly ended: ReadonlyMap<string, { sessionId: string } | { code: string; description: string }>;
}

/** The seam to the OpenID Provider, held in memory: ends each sign-in at a URL of the application. */
export function memoryInteractions(): MemoryInteractions {
  const requests = new Map<string, SignInRequest>();
  const ended = new Map<string, { sessionId: string } | { code: string; description: string }>();
  const nameOf = ({ id, browser }: InteractionKey) => `${id} ${browser}`;
  const end = (
    key: InteractionKey,
    result: { sessionId: string } | { code: string; description: string },
  ) => {
    if (!requests.delete(nameOf(key))) {
      throw new InteractionEndedError();
    }
    ended.set(key.id, result);
  };
  return {
    ended,
    open(browser, request = {}) {
      const id = `interaction-${requests.size + ended.size + 1}`;
      requests.set(nameOf({ id, browser }), {
        id,
        application: { id: "00000000-0000-7000-8000-00000000a001", name: "Wiki & Co" },
        forceLogin: false,
        selectAccount: false,
        acrValues: [],
        expiresAt: new Date(Date.now() + 3_600_000),
        ...request,
      });
      return id;
    },
    load: async (key) => requests.get(nameOf(key)) ?? null,
    finish: async (key, result) => {
      end(key, result);
      return `https://app.example.test/callback?session=${result.sessionId}`;
    },
    async resume(_req, res: Response, key, result) {
      end(key, result);
      res.redirect(303, `https://app.example.test/callback?session=${result.sessionId}`);
    },
    async repeat(_req, res: Response, key, { sessionId }) {
      const result = ended.get(key.id);
      if (result === undefined || !("sessionId" in result) || result.sessionId !== sessionId) {
        return false;
      }
      res.redirect(303, `https://app.example.test/callback?session=${sessionId}`);
      return true;
    },
    abort: async (key, error) => {
      end(key, error);
      return `https://app.example.test/callback?error=${error.code}`;
    },
  };
}
