import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { addPerson, type TestPerson } from "@sallyport/sessions/testing";
import { temporaryFolder } from "../../harness/process.ts";
import { type Installation, type Part, startInstallation } from "../installation.ts";
import { type ReceiverProcess, startReceiverProcess } from "./receiver.ts";

const PUSH = "urn:ietf:rfc:8935";
const SESSION_REVOKED = "https://schemas.openid.net/secevent/caep/event-type/session-revoked";
const ROLES = 4;

/** An installation of which everything that happens is sent on: by webhook, by signal, by audit stream, and anchored. */
export interface StepsWorld {
  readonly installation: Installation;
  readonly gateway: Part;
  readonly workers: readonly Part[];
  readonly receiver: ReceiverProcess;
  readonly roles: readonly string[];
  readonly organizationId: string;
  /** Of its processes, beside what each has of its own. */
  readonly env: Readonly<Record<string, string>>;
  /** The file that anchors are written to. */
  readonly anchorFile: string;
  /** Asks the management API; throws where the answer is no 2xx. */
  call(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Changes each role once more, and ends a session; asks again until each was done. */
  happen(): Promise<void>;
  /** What a lease, or a wait for the next attempt, does in time: it ends. */
  endLeases(): Promise<void>;
  stop(): Promise<void>;
}

export async function startStepsWorld(options: { readonly workers?: number } = {}): Promise<StepsWorld> {
  const folder = await temporaryFolder();
  const receiver = await startReceiverProcess(join(folder.path, "received.jsonl"));
  const anchorFile = join(folder.path, "roots.jsonl");
  const env = {
    OUTBOUND_ALLOW: "127.0.0.0/8",
    OUTBOUND_ALLOW_OPERATOR: "127.0.0.0/8",
    AUDIT_ANCHOR_FILE: anchorFile,
    AUDIT_ANCHOR_WEBHOOK: `${receiver.url}/anchors`,
    AUDIT_ANCHOR_MINUTES: "1",
  };
  const installation = await startInstallation({ steps: true, workers: options.workers ?? 1, env });
  const stop = async () => {
    await installation.stop();
    await receiver.kill();
    await folder.remove();
  };
  try {
    const [gateway] = installation.gateways;
    if (gateway === undefined) {
      throw new Error("There is no gateway");
    }
    return { ...(await furnish(installation, gateway, receiver)), anchorFile, env, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function furnish(installation: Installation, gateway: Part, receiver: ReceiverProcess) {
  const { sql } = installation.database;
  const call = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(`${gateway.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${installation.rootKey}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
    }
    return text === "" ? {} : (JSON.parse(text) as Answer);
  };
  /** Until it is answered: the gateway may be killed in the middle. */
  const insist = async (method: string, path: string, body?: unknown): Promise<void> => {
    for (;;) {
      try {
        await call(method, path, body);
        return;
      } catch (error) {
        if (error instanceof Error && /answered 404/.test(error.message) && method === "DELETE") {
          return; // it was done, and the answer lost
        }
        if (error instanceof Error && /answered (?!503)/.test(error.message)) {
          throw error;
        }
        await sleep(50);
      }
    }
  };
  const person: TestPerson = await addPerson(installation.database);
  const { organizationId } = person;
  const app = await call("POST", "/applications", {
    name: "App",
    redirectUris: ["https://app.example.test/callback"],
  });
  const of = `/organizations/${organizationId}`;
  await call("POST", "/webhook-endpoints", {
    url: `${receiver.url}/webhooks`,
    organization: null,
    types: ["role.updated"],
  });
  await call("POST", `${of}/audit-streams`, {
    name: "SIEM",
    destination: { type: "http", url: `${receiver.url}/stream` },
  });
  await makeSignalStream(gateway, app, `${receiver.url}/signals`);
  const roles: string[] = [];
  for (let n = 0; n < ROLES; n++) {
    roles.push((await call("POST", `${of}/roles`, { key: `role-${n}`, name: "0" })).id ?? "");
  }
  let change = 0;
  return {
    ...{ installation, gateway, workers: installation.workers, receiver, roles, organizationId },
    call,
    happen: async () => {
      change += 1;
      for (const id of roles) {
        await insist("PATCH", `${of}/roles/${id}`, { name: `${change}` });
      }
      const sessionId = await person.signIn(app.id ?? "");
      await insist("DELETE", `${of}/sessions/${sessionId}`);
    },
    endLeases: async () => {
      await sql.query("UPDATE webhook_deliveries SET due_at = now() WHERE due_at > now()");
      await sql.query("UPDATE webhook_endpoints SET not_before = NULL WHERE not_before > now()");
      await sql.query("UPDATE signal_streams SET due_at = now() WHERE due_at > now()");
      await sql.query(
        `UPDATE audit_streams SET due_at = least(due_at, now()), leased_until = least(leased_until, now())
         WHERE due_at > now() OR leased_until > now()`,
      );
    },
  };
}

export interface Answer {
  readonly id?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
}

async function makeSignalStream(gateway: Part, app: Answer, url: string): Promise<void> {
  const credentials = Buffer.from(`${app.clientId}:${app.clientSecret}`).toString("base64");
  const granted = await fetch(`${gateway.url}/oauth2/token`, {
    method: "POST",
    headers: { authorization: `Basic ${credentials}` },
    body: new URLSearchParams({ grant_type: "client_credentials", scope: "ssf.manage" }),
  });
  const { access_token: token } = (await granted.json()) as { access_token: string };
  const made = await fetch(`${gateway.url}/ssf/streams`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({
      events_requested: [SESSION_REVOKED],
      delivery: { method: PUSH, endpoint_url: url },
    }),
  });
  if (made.status !== 201) {
    throw new Error(`The stream was not made: ${made.status} ${await made.text()}`);
  }
}
