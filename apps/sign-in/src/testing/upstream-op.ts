import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "@sallyport/testing-browser";
import { type Configuration, Provider } from "oidc-provider";

/** A real OpenID Provider on loopback, standing in for a customer's IdP: every visitor is signed in at once. */
export interface UpstreamOp {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Whom the next logins sign in. */
  person: UpstreamPerson;
  /** The next logins end with this error in place of a code. */
  error: { error: string; error_description: string } | null;
  /** More of its discovery document. */
  metadata: Readonly<Record<string, unknown>>;
  /** What its token endpoint was sent, the latest last. */
  readonly tokenRequests: URLSearchParams[];
  /** Query of the last authorization request. */
  lastRequest: URLSearchParams;
  /** Lets a connection use this OP; `changes` are of the client's metadata and of the OP's features. */
  allow(redirectUri: string, changes?: { client?: object; features?: object }): void;
  /** From the gateway's redirect to the callback URL that the browser is sent back to. */
  authenticate(browser: Browser, visit: Page): Promise<string>;
  close(): Promise<void>;
}

export interface UpstreamPerson {
  readonly sub: string;
  /** In the ID token. */
  readonly claims?: Record<string, unknown>;
}

export async function createUpstreamOp(): Promise<UpstreamOp> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const redirectUris: string[] = [];
  let provider = new Provider(issuer);
  const upstream: UpstreamOp = {
    issuer,
    clientId: "gateway",
    clientSecret: "a secret that is long enough/+ for everybody",
    person: { sub: "nobody" },
    error: null,
    metadata: {},
    tokenRequests: [],
    lastRequest: new URLSearchParams(),
    allow(redirectUri, { client = {}, features = {} } = {}) {
      redirectUris.push(redirectUri);
      provider = new Provider(issuer, configuration(upstream, redirectUris, client, features));
    },
    async authenticate(browser, visit) {
      upstream.lastRequest = new URL(visit.location).searchParams;
      const end = await browser.follow(visit, issuer);
      if (end.location === "") {
        throw new Error(`The upstream OP answered ${end.status}: ${end.body}`);
      }
      return end.location;
    },
    close: () => close(server),
  };
  server.on("request", (req, res) => {
    const path = req.url ?? "";
    if (path === "/token") {
      return void hearTokenRequest(upstream, req).then(() => provider.callback()(req, res));
    }
    if (path === "/.well-known/openid-configuration" && Object.keys(upstream.metadata).length > 0) {
      return void changedDiscovery(upstream, provider, res);
    }
    if (!path.startsWith("/interaction/")) {
      return void provider.callback()(req, res);
    }
    const result = upstream.error ?? {
      login: { accountId: upstream.person.sub },
      consent: {},
    };
    void grantAndFinish(provider, upstream, req, res, result);
  });
  return upstream;
}

/** oidc-provider takes a body that was read before from `req.body`. */
async function hearTokenRequest(upstream: UpstreamOp, req: IncomingMessage): Promise<void> {
  let body = "";
  for await (const chunk of req) {
    body += String(chunk);
  }
  upstream.tokenRequests.push(new URLSearchParams(body));
  Object.assign(req, { body });
}

function changedDiscovery(upstream: UpstreamOp, provider: Provider, res: ServerResponse): void {
  const { issuer } = provider;
  const document = {
    issuer,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    id_token_signing_alg_values_supported: ["RS256"],
    ...upstream.metadata,
  };
  res.setHeader("content-type", "application/json").end(JSON.stringify(document));
}

type Handler = Parameters<Provider["interactionFinished"]>;

async function grantAndFinish(
  provider: Provider,
  upstream: UpstreamOp,
  req: Handler[0],
  res: Handler[1],
  result: Handler[2],
): Promise<void> {
  if (upstream.error !== null) {
    return provider.interactionFinished(req, res, result);
  }
  const grant = new provider.Grant({ accountId: upstream.person.sub, clientId: upstream.clientId });
  grant.addOIDCScope("openid profile email groups");
  const consent = { grantId: await grant.save() };
  await provider.interactionFinished(req, res, { ...result, consent });
}

function configuration(
  upstream: UpstreamOp,
  redirectUris: string[],
  client: object,
  features: object,
): Configuration {
  return {
    clients: [
      {
        client_id: upstream.clientId,
        client_secret: upstream.clientSecret,
        redirect_uris: redirectUris,
        response_types: ["code"],
        grant_types: ["authorization_code"],
        ...client,
      },
    ],
    claims: {
      profile: ["name", "given_name", "family_name", "preferred_username"],
      email: ["email", "email_verified"],
      groups: ["groups", "_claim_names"],
    },
    scopes: ["openid", "profile", "email", "groups"],
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false }, ...features },
    // Its own guard keeps it from a client's JWKS on loopback.
    fetch: (url, { method = "GET", headers = {} } = {}) => fetch(url, { method, headers }),
    clientAuthMethods: ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt"],
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_ctx, accountId) => ({
      accountId,
      claims: () => ({ ...upstream.person.claims, sub: accountId }),
    }),
    cookies: { keys: ["test"] },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
  };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
