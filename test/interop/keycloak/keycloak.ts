import { join } from "node:path";
import { z } from "zod";
import { freePorts } from "../../harness/process.ts";
import { startServer } from "../process.ts";

const ADMIN = { username: "admin", password: "admin" };

/** A real Keycloak, with its database in memory. */
export interface Keycloak {
  readonly url: string;
  /** Makes a realm, by Keycloak's own representation of it. */
  addRealm(name: string, representation?: object): Promise<Realm>;
  log(): string;
  stop(): Promise<void>;
}

export interface Realm {
  readonly name: string;
  readonly issuer: string;
  /** Calls the admin API below the realm. Throws where it refuses. */
  admin(method: "GET" | "POST", path: string, body?: unknown): Promise<unknown>;
  /** How many sessions a person has there. */
  sessionsOf(email: string): Promise<number>;
  /** Ends them all, as an administrator does. */
  signOut(email: string): Promise<void>;
}

const token = z.object({ access_token: z.string() });
const users = z.array(z.object({ id: z.string() })).length(1);

/** @param home where its distribution lies, built with `--db=dev-mem` */
export async function startKeycloak(home: string): Promise<Keycloak> {
  const port = await freePorts();
  const url = `http://localhost:${port}`;
  const args = [
    "start",
    "--optimized",
    "--http-enabled=true",
    "--http-host=localhost",
    `--http-port=${port}`,
  ];
  const server = await startServer(join(home, "bin/kc.sh"), [...args, "--hostname-strict=false"], {
    env: {
      ...process.env,
      JAVA_OPTS_KC_HEAP: "-Xmx512m",
      KC_BOOTSTRAP_ADMIN_USERNAME: ADMIN.username,
      KC_BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password,
    },
    url: `${url}/realms/master`,
  });

  async function admin(method: string, path: string, body?: unknown): Promise<unknown> {
    const form = new URLSearchParams({ grant_type: "password", client_id: "admin-cli", ...ADMIN });
    const signedIn = await fetch(`${url}/realms/master/protocol/openid-connect/token`, {
      method: "POST",
      body: form,
    });
    const { access_token } = token.parse(await signedIn.json());
    const isXml = typeof body === "string";
    const answer = await fetch(`${url}/admin/realms${path}`, {
      method,
      headers: {
        authorization: `Bearer ${access_token}`,
        "content-type": isXml ? "application/xml" : "application/json",
      },
      ...(body === undefined ? {} : { body: isXml ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) {
      throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    }
    return text === "" ? undefined : JSON.parse(text);
  }

  return {
    url,
    async addRealm(name, representation = {}) {
      await admin("POST", "", { realm: name, enabled: true, sslRequired: "none", ...representation });
      const userId = async (email: string) => {
        const [user] = users.parse(
          await admin("GET", `/${name}/users?exact=true&email=${encodeURIComponent(email)}`),
        );
        return user?.id;
      };
      return {
        name,
        issuer: `${url}/realms/${name}`,
        admin: (method, path, body) => admin(method, `/${name}${path}`, body),
        sessionsOf: async (email) =>
          z.array(z.unknown()).parse(await admin("GET", `/${name}/users/${await userId(email)}/sessions`))
            .length,
        async signOut(email) {
          await admin("POST", `/${name}/users/${await userId(email)}/logout`);
        },
      };
    },
    log: server.output,
    stop: server.stop,
  };
}
