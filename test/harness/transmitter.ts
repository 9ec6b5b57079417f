import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { newId } from "@sallyport/database";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { POLL, SESSION_REVOKED, VERIFICATION } from "./signals.ts";

export type TransmitterEndpoint =
  | "discovery"
  | "jwks"
  | "streams"
  | "status"
  | "verification"
  | "poll"
  | "token";
type Answer = (req: IncomingMessage, res: ServerResponse, body: string) => void;

/** A transmitter of Shared Signals that a test plays: honest, but for what the test says. */
export interface ScriptedTransmitter {
  readonly issuer: string;
  /** The only bearer token that it takes. */
  accessToken: string;
  /** Of the client that may have one by client credentials. */
  readonly client: {
    readonly tokenEndpoint: string;
    readonly clientId: string;
    readonly clientSecret: string;
  };
  /** What an endpoint answers in place of the honest answer. */
  answers: Partial<Record<TransmitterEndpoint, Answer>>;
  /** More of its configuration. */
  metadata: Readonly<Record<string, unknown>>;
  /** Whether it keeps to one stream for each receiver. */
  oneStream: boolean;
  readonly streams: Map<string, StreamThere>;
  /** Each request: what was asked, and how. */
  readonly asked: {
    readonly endpoint: TransmitterEndpoint;
    readonly method: string;
    readonly body: string;
  }[];
  /** Waiting to be polled, by jti. */
  readonly waiting: Map<string, string>;
  /** As the receiver told of it by polls. */
  readonly acknowledged: string[];
  readonly refused: Map<string, { readonly err: string }>;
  /** Signs the claims of a SET, with honest ones beside them. */
  set(
    claims?: Readonly<Record<string, unknown>>,
    header?: Readonly<Record<string, unknown>>,
  ): Promise<string>;
  /** Lets an event wait to be polled; returns its jti. */
  tell(subject: object, type?: string, claims?: Readonly<Record<string, unknown>>): Promise<string>;
  /** Pushes a SET to a stream, with the header that it was made with. */
  push(set: string, stream?: StreamThere): Promise<number>;
  close(): Promise<void>;
}

export interface StreamThere {
  readonly id: string;
  readonly delivery: {
    readonly method: string;
    readonly endpoint_url?: string;
    readonly authorization_header?: string;
  };
  readonly description: string;
}

export const AUDIENCE = "https://receiver.example.test";

/** @param path of the issuer, such as "/tenant" */
export async function startTransmitter(path = ""): Promise<ScriptedTransmitter> {
  const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.on("end", () => void serve(req, res, Buffer.concat(chunks).toString("utf8")));
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const issuer = origin + path;

  const json = (res: ServerResponse, status: number, body?: unknown) => {
    res.writeHead(status, { "content-type": "application/json" });
    res.end(body === undefined ? undefined : JSON.stringify(body));
  };
  const streamView = ({ id, delivery, description }: StreamThere) => ({
    ...{ stream_id: id, iss: issuer, aud: [AUDIENCE], description },
    delivery: delivery.method === POLL ? { method: POLL, endpoint_url: `${origin}/poll/${id}` } : delivery,
  });

  const honestly: Record<TransmitterEndpoint, Answer> = {
    discovery: (_req, res) =>
      json(res, 200, {
        spec_version: "1_0",
        issuer,
        jwks_uri: `${origin}/jwks`,
        delivery_methods_supported: ["urn:ietf:rfc:8935", POLL],
        configuration_endpoint: `${origin}/streams`,
        status_endpoint: `${origin}/status`,
        verification_endpoint: `${origin}/verification`,
        ...transmitter.metadata,
      }),
    jwks: (_req, res) =>
      void exportJWK(publicKey).then((key) =>
        json(res, 200, { keys: [{ ...key, kid: "of-a-test", alg: "RS256" }] }),
      ),
    streams: (req, res, body) => {
      const id = new URL(req.url ?? "", origin).searchParams.get("stream_id");
      if (req.method === "DELETE") {
        return json(res, transmitter.streams.delete(id ?? "") ? 204 : 404);
      }
      if (req.method === "GET") {
        return json(res, 200, [...transmitter.streams.values()].map(streamView));
      }
      if (transmitter.oneStream && transmitter.streams.size > 0) {
        return json(res, 409);
      }
      const { delivery, description } = JSON.parse(body) as Omit<StreamThere, "id">;
      const stream = { id: newId(), delivery, description };
      transmitter.streams.set(stream.id, stream);
      json(res, 201, streamView(stream));
    },
    status: (_req, res) => json(res, 200, { status: "enabled" }),
    verification: (_req, res, body) => {
      const { stream_id: id, state } = JSON.parse(body) as { stream_id: string; state: string };
      json(res, 204);
      const claims = { sub_id: { format: "opaque", id }, events: { [VERIFICATION]: { state } } };
      void transmitter.set(claims).then((set) => {
        const stream = transmitter.streams.get(id);
        return stream?.delivery.method === POLL
          ? void transmitter.waiting.set(jtiOf(set), set)
          : transmitter.push(set, stream);
      });
    },
    poll: (_req, res, body) => {
      const {
        ack = [],
        setErrs = {},
        maxEvents = 100,
      } = JSON.parse(body) as {
        ack?: string[];
        setErrs?: Record<string, { err: string }>;
        maxEvents?: number;
      };
      for (const jti of [...ack, ...Object.keys(setErrs)]) {
        transmitter.waiting.delete(jti);
      }
      transmitter.acknowledged.push(...ack);
      for (const [jti, error] of Object.entries(setErrs)) {
        transmitter.refused.set(jti, error);
      }
      json(res, 200, { sets: Object.fromEntries([...transmitter.waiting].slice(0, maxEvents)) });
    },
    token: (req, res) => {
      const { clientId, clientSecret } = transmitter.client;
      const basic = Buffer.from(`${clientId}:${encodeURIComponent(clientSecret)}`).toString("base64");
      return req.headers.authorization === `Basic ${basic}`
        ? json(res, 200, { access_token: transmitter.accessToken, token_type: "Bearer", expires_in: 600 })
        : json(res, 401, { error: "invalid_client" });
    },
  };

  async function serve(req: IncomingMessage, res: ServerResponse, body: string): Promise<void> {
    const { pathname } = new URL(req.url ?? "", origin);
    const endpoint = endpointOf(pathname, path);
    if (endpoint === null) {
      return json(res, 404);
    }
    transmitter.asked.push({ endpoint, method: req.method ?? "", body });
    const open = endpoint === "discovery" || endpoint === "jwks" || endpoint === "token";
    if (!open && req.headers.authorization !== `Bearer ${transmitter.accessToken}`) {
      return json(res, 401);
    }
    (transmitter.answers[endpoint] ?? honestly[endpoint])(req, res, body);
  }

  const transmitter: ScriptedTransmitter = {
    issuer,
    accessToken: `secret-of-the-transmitter-${newId()}`,
    client: { tokenEndpoint: `${origin}/token`, clientId: "gateway", clientSecret: "secret/of:a+client" },
    answers: {},
    metadata: {},
    oneStream: false,
    streams: new Map(),
    asked: [],
    waiting: new Map(),
    acknowledged: [],
    refused: new Map(),
    set: (claims = {}, header = {}) =>
      new SignJWT({
        ...{ iss: issuer, aud: AUDIENCE, iat: Math.floor(Date.now() / 1_000), jti: newId() },
        ...claims,
      })
        .setProtectedHeader({ alg: "RS256", typ: "secevent+jwt", kid: "of-a-test", ...header })
        .sign(privateKey),
    async tell(subject, type = SESSION_REVOKED, claims = {}) {
      const set = await transmitter.set({ sub_id: subject, events: { [type]: {} }, ...claims });
      const jti = jtiOf(set);
      transmitter.waiting.set(jti, set);
      return jti;
    },
    async push(set, stream = [...transmitter.streams.values()].at(-1)) {
      const { endpoint_url: url = "", authorization_header: authorization = "" } = stream?.delivery ?? {};
      const { status } = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/secevent+jwt", authorization },
        body: set,
      });
      return status;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return transmitter;
}

function endpointOf(pathname: string, path: string): TransmitterEndpoint | null {
  if (pathname === `/.well-known/ssf-configuration${path}`) {
    return "discovery";
  }
  const first = pathname.split("/")[1];
  const all = ["jwks", "streams", "status", "verification", "poll", "token"] as const;
  return all.find((name) => name === first) ?? null;
}

export function jtiOf(set: string): string {
  const claims = JSON.parse(Buffer.from(set.split(".")[1] ?? "", "base64url").toString("utf8")) as {
    jti: string;
  };
  return claims.jti;
}
