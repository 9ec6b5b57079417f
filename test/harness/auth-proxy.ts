import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * A reverse proxy before an application, as docs/forward-auth.md has nginx do it: it asks the gateway about each request,
 * has browsers sign in that may not pass, hands two paths on to the gateway, and puts its own `X-Auth-*` in place of the
 * client's. The application behind answers with what it was sent, as JSON.
 */
export interface AuthProxy {
  readonly port: number;
  stop(): Promise<void>;
}

export interface AuthProxyOptions {
  /** Where the gateway listens on localhost. */
  readonly gatewayPort: number;
  /** Behind `?audience=`, and whatever else is in the proxy's configuration. */
  readonly audience: string;
  /** Where people are sent who have to sign in: with `{uri}` for the address that they asked for, as it came. */
  readonly signIn?: string;
}

export const IDENTITY_HEADERS = [
  "x-auth-application",
  "x-auth-email",
  "x-auth-email-verified",
  "x-auth-groups",
  "x-auth-name",
  "x-auth-omitted",
  "x-auth-org",
  "x-auth-org-slug",
  "x-auth-permissions",
  "x-auth-roles",
  "x-auth-session",
  "x-auth-subject",
];

const HANDED_ON = ["/session/start", "/session/callback"];

export async function startAuthProxy(options: AuthProxyOptions): Promise<AuthProxy> {
  const { gatewayPort, audience, signIn = "/session/start?return_to={uri}" } = options;

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const uri = req.url ?? "/";
    if (HANDED_ON.includes(uri.split("?", 1)[0] ?? "")) {
      return copy(await ask(gatewayPort, uri, req), res);
    }
    const verdict = await ask(gatewayPort, `/session/verify?audience=${audience}`, req);
    verdict.resume();
    if (verdict.statusCode === 401) {
      res.writeHead(302, { location: signIn.replace("{uri}", () => uri) }).end();
      return;
    }
    if (verdict.statusCode !== 200) {
      res.writeHead(verdict.statusCode ?? 500).end();
      return;
    }
    const identity = IDENTITY_HEADERS.map((name) => [name, verdict.headers[name]]);
    res.setHeader("content-type", "application/json");
    res.end(JSON.stringify({ uri, ...req.headers, ...Object.fromEntries(identity) }));
  }

  const server = createServer((req, res) => {
    serve(req, res).catch((error: unknown) => res.writeHead(502).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

/** Asks the gateway with the client's own headers, Host among them, but for those that only a proxy may set. */
function ask(port: number, path: string, { headers }: IncomingMessage): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request({ host: "localhost", port, path, headers: { ...headers, "x-forwarded-proto": "https" } }, resolve)
      .once("error", reject)
      .end();
  });
}

function copy(answer: IncomingMessage, res: ServerResponse): void {
  res.writeHead(answer.statusCode ?? 500, answer.headers);
  answer.pipe(res);
}
