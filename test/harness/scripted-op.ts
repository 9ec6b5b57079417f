import { createSign, generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** An OpenID Provider that a test plays: it signs in whomever the test wants, with the claims that it wants. */
export interface ScriptedOp {
  readonly issuer: string;
  /** What the next ID token says, beside issuer, audience, times and nonce. */
  claims: Readonly<Record<string, unknown>>;
  /** What is changed of its discovery document. */
  discovery: Readonly<Record<string, unknown>>;
  /** Where its token endpoint sends whoever asks it. */
  redirectTokenTo: string | undefined;
  /** Client secrets that its token endpoint was sent. */
  readonly secretsSeen: readonly string[];
  close(): Promise<void>;
}

const CLIENT_ID = "gateway";
const KEY_ID = "key";

export async function startScriptedOp(): Promise<ScriptedOp> {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const secretsSeen: string[] = [];
  const server = createServer((req, res) => void serve(req, res));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const script = {
    claims: { sub: "jo" } as ScriptedOp["claims"],
    discovery: {} as ScriptedOp["discovery"],
    redirectTokenTo: undefined as string | undefined,
  };
  let nonce = "";

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? "/", issuer);
    if (url.pathname === "/.well-known/openid-configuration") {
      return json(res, {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ["code"],
        id_token_signing_alg_values_supported: ["RS256"],
        ...script.discovery,
      });
    }
    if (url.pathname === "/jwks") {
      return json(res, {
        keys: [{ ...publicKey.export({ format: "jwk" }), kid: KEY_ID, use: "sig", alg: "RS256" }],
      });
    }
    if (url.pathname === "/authorize") {
      nonce = url.searchParams.get("nonce") ?? "";
      const back = new URL(url.searchParams.get("redirect_uri") ?? issuer);
      back.searchParams.set("code", "code");
      back.searchParams.set("state", url.searchParams.get("state") ?? "");
      return void res.writeHead(303, { location: back.href }).end();
    }
    if (url.pathname !== "/token") {
      return void res.writeHead(404).end();
    }
    secretsSeen.push(...secretsOf(req.headers.authorization, await textOf(req)));
    if (script.redirectTokenTo !== undefined) {
      return void res.writeHead(307, { location: script.redirectTokenTo }).end();
    }
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, aud: CLIENT_ID, iat: now, exp: now + 300, nonce, ...script.claims };
    return json(res, { access_token: "token", token_type: "Bearer", id_token: sign(claims) });
  }

  function sign(claims: object): string {
    const parts = [{ alg: "RS256", kid: KEY_ID }, claims].map((part) =>
      Buffer.from(JSON.stringify(part)).toString("base64url"),
    );
    const signed = parts.join(".");
    return `${signed}.${createSign("sha256").update(signed).sign(privateKey, "base64url")}`;
  }

  return Object.assign(script, {
    issuer,
    secretsSeen,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  });
}

function json(res: ServerResponse, body: object): void {
  res.setHeader("content-type", "application/json").end(JSON.stringify(body));
}

async function textOf(req: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of req) {
    text += String(chunk);
  }
  return text;
}

/** By either way of RFC 6749, section 2.3.1. */
function secretsOf(authorization: string | undefined, form: string): string[] {
  const posted = new URLSearchParams(form).get("client_secret");
  const [, basic] = /^Basic (.+)$/.exec(authorization ?? "") ?? [];
  const [, secret] = basic === undefined ? [] : Buffer.from(basic, "base64").toString().split(":");
  return [posted, secret === undefined ? null : decodeURIComponent(secret.replaceAll("+", " "))].filter(
    (each) => each !== null,
  );
}
