import { createHash, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

/** How one protocol of the gateway was answered. */
export interface Answers {
  /** By status. */
  readonly counts: Map<number, number>;
  /** Of the last 503: what a client is to understand it by. */
  last503: { retryAfter: string | null; contentType: string | null; body: string } | undefined;
  /** Of the time since `mark`. */
  succeeded: boolean;
}

export const KINDS = ["push", "token", "page", "admin"] as const;
export type Kind = (typeof KINDS)[number];

/** What clients of every protocol ask of a gateway, again and again, whatever it answers. */
export interface Traffic {
  readonly answers: Record<Kind, Answers>;
  /** The userNames that were answered 201: these are promised. */
  readonly promised: ReadonlySet<string>;
  readonly scim: { readonly baseUrl: string; readonly token: string };
  /** Forgets what has succeeded so far. */
  mark(): void;
  stop(): Promise<void>;
}

const id = z.object({ id: z.string() });
const directory = z.object({ baseUrl: z.string(), token: z.string() });
const application = z.object({ clientId: z.string() });

export async function startTraffic(url: string, rootKey: string): Promise<Traffic> {
  const api = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${rootKey}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await response.json()) as unknown;
  };
  const organization = id.parse(
    await api("POST", "/organizations", { slug: "acme", name: "Acme", domains: ["acme.com"] }),
  );
  const scim = directory.parse(
    await api("POST", `/organizations/${organization.id}/directories`, { name: "Okta" }),
  );
  const redirectUri = "https://app.example.test/callback";
  const { clientId } = application.parse(
    await api("POST", "/applications", { name: "Wiki", redirectUris: [redirectUri], public: true }),
  );

  const promised = new Set<string>();
  const none = (): Answers => ({ counts: new Map(), last503: undefined, succeeded: false });
  const answers: Record<Kind, Answers> = { push: none(), token: none(), page: none(), admin: none() };
  let stopped = false;
  let pushed = 0;

  const authorizeUrl = () => {
    const challenge = createHash("sha256").update(randomBytes(32)).digest("base64url");
    const query = new URLSearchParams({
      client_id: clientId,
      redirect_uri: redirectUri,
      response_type: "code",
      scope: "openid",
      state: "s",
      code_challenge: challenge,
      code_challenge_method: "S256",
    });
    return `${url}/oauth2/authorize?${query}`;
  };
  const askers: Record<Kind, () => Promise<{ response: Response; success: number; userName?: string }>> = {
    push: async () => {
      const userName = `user-${pushed++}@acme.com`;
      const response = await fetch(`${scim.baseUrl}/Users`, {
        method: "POST",
        headers: { authorization: `Bearer ${scim.token}`, "content-type": "application/scim+json" },
        body: JSON.stringify({
          schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
          userName,
          emails: [{ value: userName, primary: true }],
        }),
      });
      return { response, success: 201, userName };
    },
    // An unknown token: 400 invalid_grant says that it was looked for.
    token: async () => ({
      response: await fetch(`${url}/oauth2/token`, {
        method: "POST",
        body: new URLSearchParams({
          client_id: clientId,
          grant_type: "refresh_token",
          refresh_token: "unknown",
        }),
      }),
      success: 400,
    }),
    page: async () => ({
      response: await fetch(authorizeUrl(), { redirect: "manual", headers: { accept: "text/html" } }),
      success: 303,
    }),
    admin: async () => ({
      response: await fetch(`${url}/api/v1/organizations`, {
        headers: { authorization: `Bearer ${rootKey}` },
      }),
      success: 200,
    }),
  };

  const lane = async (kind: Kind) => {
    const seen = answers[kind];
    while (!stopped) {
      const { response, success, userName } = await askers[kind]();
      const body = await response.text();
      const { status, headers } = response;
      seen.counts.set(status, (seen.counts.get(status) ?? 0) + 1);
      if (status === success) {
        seen.succeeded = true;
        if (userName !== undefined) {
          promised.add(userName);
        }
      }
      if (status === 503) {
        seen.last503 = {
          retryAfter: headers.get("retry-after"),
          contentType: headers.get("content-type"),
          body,
        };
      }
      await sleep(5); // for the machine's sake
    }
  };
  const lanes = Promise.all(KINDS.flatMap((kind) => [lane(kind), lane(kind)]));
  lanes.catch(() => undefined); // told by `stop`
  return {
    answers,
    promised,
    scim,
    mark: () => {
      for (const kind of KINDS) {
        answers[kind].succeeded = false;
      }
    },
    stop: async () => {
      stopped = true;
      await lanes;
    },
  };
}

/** Every userName of the directory, as often as it is there; asked again as long as the answer is 503. */
export async function userNames({ baseUrl, token }: Traffic["scim"]): Promise<string[]> {
  const page = z.object({
    totalResults: z.number(),
    Resources: z.array(z.object({ userName: z.string() })),
  });
  const names: string[] = [];
  for (;;) {
    const query = `startIndex=${names.length + 1}&count=200&attributes=userName`;
    const response = await fetch(`${baseUrl}/Users?${query}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (response.status === 503) {
      await sleep(100);
      continue;
    }
    const { totalResults, Resources } = page.parse(await response.json());
    names.push(...Resources.map(({ userName }) => userName));
    if (names.length >= totalResults || Resources.length === 0) {
      return names;
    }
  }
}
