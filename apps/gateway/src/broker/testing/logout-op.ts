import { generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** An OpenID Provider that signs in whomever a test names, and says when it has signed them out. */
export interface LogoutOp {
  readonly issuer: string;
  readonly clientId: string;
  /** Of the next ID tokens. */
  claims: Readonly<Record<string, unknown>>;
  /** More of its discovery document. */
  metadata: Readonly<Record<string, unknown>>;
  /** That it has issued, the latest last. */
  readonly idTokens: string[];
  /** What it was asked for at addresses that it has not. */
  readonly strangeRequests: string[];
  /** The callback to which it sends a browser that comes with this authorization request. */
  authenticate(request: URL): string;
  /** An honest logout token, but for what is changed of it; signed by `key`, or by nobody. */
  logoutToken(
    claims: Readonly<Record<string, unknown>>,
    header?: Readonly<Record<string, unknown>>,
    key?: KeyObject | null,
  ): string;
  reset(): void;
  close(): Promise<void>;
}

const EVENT = "http://schemas.openid.net/event/backchannel-logout";
const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString("base64url");

export async function createLogoutOp(): Promise<LogoutOp> {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const nonces = new Map<string, string>();
  const server = createServer((req, res) => void serve(req, res));
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;

  const jwt = (header: object, claims: object, key: KeyObject | null) => {
    const signed = `${encode({ alg: "RS256", kid: "key", ...header })}.${encode(claims)}`;
    const signature = key === null ? "" : sign("sha256", Buffer.from(signed), key).toString("base64url");
    return `${signed}.${signature}`;
  };
  const seconds = () => Math.floor(Date.now() / 1000);
  const op: LogoutOp = {
    issuer,
    clientId: "gateway",
    claims: {},
    metadata: {},
    idTokens: [],
    strangeRequests: [],
    authenticate({ searchParams }) {
      const code = randomUUID();
      nonces.set(code, searchParams.get("nonce") ?? "");
      const callback = new URL(searchParams.get("redirect_uri") ?? "");
      callback.search = new URLSearchParams({ code, state: searchParams.get("state") ?? "" }).toString();
      return callback.href;
    },
    logoutToken(claims, header = {}, key = privateKey) {
      const iat = seconds();
      const honest = {
        iss: issuer,
        aud: "gateway",
        iat,
        exp: iat + 120,
        jti: randomUUID(),
        events: { [EVENT]: {} },
      };
      // Whom it names: `sub` unless the test says whom else.
      const named = "sid" in claims || "sub" in claims ? {} : { sub: "vic" };
      return jwt({ typ: "logout+jwt", ...header }, { ...honest, ...named, ...claims }, key);
    },
    reset() {
      op.claims = {};
      op.metadata = {};
      op.strangeRequests.length = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const answer = await answerTo(req);
    if (answer === null) {
      op.strangeRequests.push(req.url ?? "");
      return void res.writeHead(404).end();
    }
    res.setHeader("content-type", "application/json").end(JSON.stringify(answer));
  }

  async function answerTo(req: IncomingMessage): Promise<object | null> {
    switch (req.url) {
      case "/.well-known/openid-configuration":
        return {
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/jwks`,
          end_session_endpoint: `${issuer}/logout`,
          id_token_signing_alg_values_supported: ["RS256"],
          ...op.metadata,
        };
      case "/jwks":
        return { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "key", use: "sig" }] };
      case "/token": {
        let body = "";
        for await (const chunk of req) {
          body += String(chunk);
        }
        const nonce = nonces.get(new URLSearchParams(body).get("code") ?? "");
        const iat = seconds();
        const claims = { iss: issuer, aud: "gateway", sub: "jo", iat, exp: iat + 300, nonce, ...op.claims };
        const idToken = jwt({}, claims, privateKey);
        op.idTokens.push(idToken);
        return { access_token: "token", token_type: "Bearer", id_token: idToken };
      }
      default:
        return null;
    }
  }
  return op;
}
