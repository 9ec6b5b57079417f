import { createSign, generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { JWK } from "jose";

export type Endpoint = "discovery" | "jwks" | "token" | "userinfo";
export type Answer = (req: IncomingMessage, res: ServerResponse) => void;

/**
 * An OpenID Provider that a test plays: honest, but for what the test says. It remembers one person, who authenticated
 * when `authenticatedAt` says.
 */
export interface HostileIdp {
  readonly issuer: string;
  readonly clientSecret: string;
  /** Seconds since 1970. An honest login that was forced moves it. */
  authenticatedAt: number;
  /** When it puts auth_time into ID tokens. As the specification has it: where it is asked for. */
  tellsAuthTime: "asked" | "never";
  /** More of the discovery document, of the ID token's claims, and what userinfo says. */
  metadata: Readonly<Record<string, unknown>>;
  claims: Readonly<Record<string, unknown>>;
  /** Of the ID token's header. */
  header: Readonly<Record<string, unknown>>;
  /** What it makes of the callback to which it sends a browser. */
  onTheWayBack: (callback: URL) => void;
  /** More of the token endpoint's answer. */
  tokens: Readonly<Record<string, unknown>>;
  userinfo: Readonly<Record<string, unknown>>;
  /** The key id that ID tokens name. */
  kid: string;
  readonly publicJwk: JWK;
  /** What an endpoint answers in place of the honest answer. */
  answers: Partial<Record<Endpoint, Answer>>;
  /** How often each endpoint was asked. */
  readonly asked: Record<Endpoint, number>;
  /** Signs claims by its key. */
  jwt(claims: Readonly<Record<string, unknown>>): string;
  /** The callback to which it sends a browser that comes with this authorization request. */
  authenticate(request: URL): string;
  /** Honest again, and nothing counted. */
  reset(): void;
  close(): Promise<void>;
}

const PERSON = { sub: "jo", email: "jo@bravo.test", name: "Jo Doe" };
const encode = (text: string) => Buffer.from(text).toString("base64url");
const nowInSeconds = () => Math.floor(Date.now() / 1000);

export async function startHostileIdp(): Promise<HostileIdp> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const publicJwk = { ...publicKey.export({ format: "jwk" }), kid: "first", alg: "ES256", use: "sig" };
  const codes = new Map<string, { readonly request: URLSearchParams; readonly authTime: number }>();
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;

  const honest = () => ({
    authenticatedAt: nowInSeconds(),
    tellsAuthTime: "asked" as const,
    metadata: {},
    claims: {},
    header: {},
    onTheWayBack: () => undefined,
    tokens: {},
    userinfo: PERSON,
    kid: publicJwk.kid,
    answers: {},
  });
  const idp: HostileIdp = {
    ...honest(),
    issuer,
    clientSecret: "a secret that is long enough",
    publicJwk,
    asked: { discovery: 0, jwks: 0, token: 0, userinfo: 0 },
    jwt(claims) {
      const header = { alg: "ES256", kid: idp.kid, ...idp.header };
      const signed = [header, claims].map((part) => encode(JSON.stringify(part))).join(".");
      const signature = createSign("sha256")
        .update(signed)
        .sign({ key: privateKey, dsaEncoding: "ieee-p1363" });
      return `${signed}.${signature.toString("base64url")}`;
    },
    authenticate(request) {
      const { searchParams } = request;
      const maxAge = Number(searchParams.get("max_age") ?? Number.POSITIVE_INFINITY);
      const forced = searchParams.get("prompt") === "login" || nowInSeconds() - idp.authenticatedAt > maxAge;
      if (forced) {
        idp.authenticatedAt = nowInSeconds();
      }
      const code = randomUUID();
      codes.set(code, { request: searchParams, authTime: idp.authenticatedAt });
      const callback = new URL(searchParams.get("redirect_uri") ?? "");
      callback.search = new URLSearchParams({ code, state: searchParams.get("state") ?? "" }).toString();
      idp.onTheWayBack(callback);
      return callback.href;
    },
    reset() {
      Object.assign(idp, honest());
      Object.assign(idp.asked, { discovery: 0, jwks: 0, token: 0, userinfo: 0 });
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  const honestly: Record<Endpoint, (req: IncomingMessage) => Promise<unknown>> = {
    discovery: async () => ({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      userinfo_endpoint: `${issuer}/userinfo`,
      id_token_signing_alg_values_supported: ["ES256"],
      ...idp.metadata,
    }),
    jwks: async () => ({ keys: [publicJwk] }),
    userinfo: async () => idp.userinfo,
    token: async (req) => {
      const form = new URLSearchParams(await textOf(req));
      const login = codes.get(form.get("code") ?? "");
      if (login === undefined) {
        throw new Error("An unknown code");
      }
      const { request, authTime } = login;
      const asked = request.has("max_age") || request.has("claims") || request.get("prompt") === "login";
      const now = nowInSeconds();
      const claims = {
        nonce: request.get("nonce"),
        ...PERSON,
        ...(asked && idp.tellsAuthTime === "asked" ? { auth_time: authTime } : {}),
        iss: issuer,
        aud: "gateway",
        iat: now,
        exp: now + 300,
        ...idp.claims,
      };
      const idToken = idp.jwt(claims);
      return { access_token: "for userinfo", token_type: "Bearer", id_token: idToken, ...idp.tokens };
    },
  };

  server.on("request", (req: IncomingMessage, res: ServerResponse) => {
    const path = (req.url ?? "").split("/").at(-1) ?? "";
    const endpoint = path === "openid-configuration" ? "discovery" : path;
    if (!isEndpoint(endpoint)) {
      return void res.writeHead(404).end();
    }
    idp.asked[endpoint] += 1;
    const instead = idp.answers[endpoint];
    if (instead !== undefined) {
      return instead(req, res);
    }
    void honestly[endpoint](req).then(
      (body) => res.setHeader("content-type", "application/json").end(JSON.stringify(body)),
      (error: Error) => res.writeHead(500).end(error.message),
    );
  });
  return idp;
}

function isEndpoint(name: string): name is Endpoint {
  return ["discovery", "jwks", "token", "userinfo"].includes(name);
}

async function textOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
