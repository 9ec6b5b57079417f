import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { newId, type Prisma } from "@sallyport/database";
import { addPerson } from "@sallyport/sessions/testing";
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from "jose";
import { startTestGateway, type TestGateway, type TestGatewayOptions } from "./gateway.ts";

export const SESSION_REVOKED = "https://schemas.openid.net/secevent/caep/event-type/session-revoked";
export const CLAIMS_CHANGE = "https://schemas.openid.net/secevent/caep/event-type/token-claims-change";
export const VERIFICATION = "https://schemas.openid.net/secevent/ssf/event-type/verification";
export const STREAM_UPDATED = "https://schemas.openid.net/secevent/ssf/event-type/stream-updated";
export const POLL = "urn:ietf:rfc:8936";
export const PUSH = "urn:ietf:rfc:8935";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: whatever was answered, looked at by the test
  readonly body: any;
}

/** An application that receives signals. */
export interface SignalApp {
  readonly id: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** An access token by its client credentials. */
  token(scope?: string, more?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Calls the transmitter with such a token. */
  call(method: string, path: string, body?: unknown, scope?: string): Promise<Answer>;
  createStream(
    body?: object,
  ): Promise<{ readonly stream_id: string; readonly delivery: { readonly endpoint_url: string } }>;
  poll(streamId: string, body?: object): Promise<Answer>;
}

export interface SignalSite {
  readonly gateway: TestGateway;
  addApp(name: string): Promise<SignalApp>;
  addPerson(): ReturnType<typeof addPerson>;
  /** Ends a session as an operator does. */
  endSession(organizationId: string, sessionId: string): Promise<void>;
  /** As a receiver checks it (RFC 8417, section 4): its claims. */
  verify(set: string, app: SignalApp): Promise<JWTPayload>;
  stop(): Promise<void>;
}

/** The gateway with its worker, over real HTTP. */
export async function startSignalSite(options: TestGatewayOptions = {}): Promise<SignalSite> {
  const gateway = await startTestGateway({ env: { OUTBOUND_ALLOW: "127.0.0.0/8,::1/128" }, ...options });
  const keys = createRemoteJWKSet(new URL("/.well-known/jwks.json", gateway.url));
  return {
    gateway,
    addApp: (name) => addApp(gateway, name),
    addPerson: () => addPerson(gateway.database),
    async endSession(organizationId, sessionId) {
      const { status } = await gateway.api(
        "DELETE",
        `/organizations/${organizationId}/sessions/${sessionId}`,
      );
      if (status !== 204) {
        throw new Error(`The session did not end: ${status}`);
      }
    },
    async verify(set, app) {
      const { payload } = await jwtVerify(set, keys, {
        issuer: gateway.url,
        audience: app.clientId,
        typ: "secevent+jwt",
        algorithms: ["RS256"],
      });
      return payload;
    },
    stop: () => gateway.stop(),
  };
}

/** An application that may have streams. */
export async function addApp(gateway: TestGateway, name: string): Promise<SignalApp> {
  const { status, body } = await gateway.api("POST", "/applications", {
    name,
    redirectUris: [`https://${name}.example.test/callback`],
  });
  if (status !== 201) {
    throw new Error(`The application was not registered: ${JSON.stringify(body)}`);
  }
  const { id, clientId, clientSecret } = body as { id: string; clientId: string; clientSecret: string };
  const token: SignalApp["token"] = async (scope = "ssf.manage", more = {}) =>
    answerOf(
      await fetch(`${gateway.url}/oauth2/token`, {
        method: "POST",
        headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}` },
        body: new URLSearchParams({ grant_type: "client_credentials", scope, ...more }),
      }),
    );
  const call: SignalApp["call"] = async (method, path, body, scope) => {
    const granted = await token(scope);
    return answerOf(
      await fetch(new URL(path, gateway.url), {
        method,
        headers: { authorization: `Bearer ${granted.body.access_token}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
  };
  return {
    id,
    clientId,
    clientSecret,
    token,
    call,
    async createStream(given = {}) {
      const created = await call("POST", "/ssf/streams", {
        events_requested: [SESSION_REVOKED, CLAIMS_CHANGE],
        ...given,
      });
      if (created.status !== 201) {
        throw new Error(`The stream was not created: ${created.status} ${JSON.stringify(created.body)}`);
      }
      return created.body;
    },
    poll: (streamId, body = { returnImmediately: true }) =>
      call("POST", `/ssf/streams/${streamId}/poll`, body, "ssf.read"),
  };
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") === true;
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

/** What was pushed to a receiver, and how it answers from now on; at first with 202. */
export interface PushReceiver {
  readonly url: string;
  readonly received: readonly { readonly set: string; readonly headers: Readonly<Record<string, unknown>> }[];
  answer: { readonly status: number; readonly body?: object };
  close(): Promise<void>;
}

/** A receiver of pushes (RFC 8935) on loopback. */
export async function startPushReceiver(): Promise<PushReceiver> {
  const received: { set: string; headers: Record<string, unknown> }[] = [];
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.on("end", () => {
      received.push({ set: Buffer.concat(chunks).toString("utf8"), headers: req.headers });
      const { status, body } = receiver.answer;
      res.writeHead(status, { "content-type": "application/json" });
      res.end(body === undefined ? undefined : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  const receiver: PushReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    received,
    answer: { status: 202 },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}

/** A stream as though its application had made it; resolves to its id. */
export async function insertStream(
  { database }: Pick<TestGateway, "database">,
  applicationId: string,
  more: Partial<Prisma.SignalStreamUncheckedCreateInput> = {},
): Promise<string> {
  const { id } = await database.prisma.signalStream.create({
    data: {
      ...{ id: newId(), applicationId, delivery: "poll" },
      eventsRequested: [SESSION_REVOKED, CLAIMS_CHANGE],
      ...more,
    },
  });
  return id;
}
