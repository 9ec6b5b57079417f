import { InteractionEndedError, type Interactions, type SignInRequest } from "../interaction.ts";

export interface MemoryInteractions extends Interactions {
  /** Opens a request and returns its id. */
  open(request?: Partial<SignInRequest>): string;
  /** How each request ended. */
  readonly ended: ReadonlyMap<string, { sessionId: string } | { code: string; description: string }>;
}

/** The seam to the OpenID Provider, held in memory: ends each sign-in at a URL of the application. */
export function memoryInteractions(): MemoryInteractions {
  const requests = new Map<string, SignInRequest>();
  const ended = new Map<string, { sessionId: string } | { code: string; description: string }>();
  const end = (id: string, result: { sessionId: string } | { code: string; description: string }) => {
    if (!requests.delete(id)) throw new InteractionEndedError();
    ended.set(id, result);
  };
  return {
    cookieName: "test_interaction",
    ended,
    open(request = {}) {
      const id = `interaction-${requests.size + ended.size + 1}`;
      requests.set(id, {
        id,
        application: { id: "00000000-0000-7000-8000-00000000a001", name: "Wiki & Co" },
        forceLogin: false,
        acrValues: [],
        expiresAt: new Date(Date.now() + 3_600_000),
        ...request,
      });
      return id;
    },
    load: async (id) => requests.get(id) ?? null,
    finish: async (id, result) => {
      end(id, result);
      return `https://app.example.test/callback?session=${result.sessionId}`;
    },
    goOn: async (_req, res, id, result) => {
      end(id, result);
      res.redirect(303, `https://app.example.test/callback?session=${result.sessionId}`);
    },
    abort: async (id, error) => {
      end(id, error);
      return `https://app.example.test/callback?error=${error.code}`;
    },
  };
}
