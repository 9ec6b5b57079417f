import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expectStatus, type Http } from "@sallyport/testing-browser";
import { z } from "zod";
import { freePorts } from "../../../harness/process.ts";
import type { BenchPostgres } from "../postgres.ts";
import { CALLBACK, createRelyingApp } from "../relying-app.ts";
import { connectScim } from "../scim-client.ts";
import type { Subject } from "../subject.ts";
import { installPolis } from "./install.ts";

/** Ory Polis' library in a process of its own, on a database of its own of the same PostgreSQL. */
export interface Polis extends Subject {
  close(): Promise<void>;
}

const MAIN = fileURLToPath(new URL("./polis-process.ts", import.meta.url));
const connection = z.object({ clientId: z.string(), clientSecret: z.string() });
const directory = z.object({ id: z.string(), token: z.string() });

export async function startPolis(postgres: BenchPostgres, http: Http): Promise<Polis> {
  const packageFolder = await installPolis();
  const databaseUrl = await postgres.create("polis");
  const port = await freePorts();
  const child = fork(MAIN, [], { env: { PATH: process.env.PATH ?? "", NODE_ENV: "production" } });
  const ended = once(child, "exit");
  const ready = once(child, "message");
  child.send({ packageFolder, databaseUrl, port });
  await Promise.race([
    ready,
    ended.then(([code]) => {
      throw new Error(`Polis ended with code ${code}`);
    }),
  ]);
  const { pid } = child;
  if (pid === undefined) {
    throw new Error("the peer's process has no id");
  }

  const url = `http://localhost:${port}`;
  const setUp = async (what: string, body: object): Promise<unknown> => {
    const answer = await http.send(`${url}/set-up/${what}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return JSON.parse(expectStatus(answer, 201, `/set-up/${what}`));
  };
  return {
    pid,
    database: postgres.watch(databaseUrl),
    http,
    async addSamlSite(slug, _domain, metadata) {
      const application = connection.parse(
        await setUp("connections", { slug, metadata, redirectUri: CALLBACK }),
      );
      const op = { url, authorize: "/oauth/authorize", token: "/oauth/token", userinfo: "/oauth/userinfo" };
      const app = createRelyingApp(http, op, application, {});
      return { tenantId: slug, app, spEntityId: "https://polis.bench.test", acsUrl: `${url}/oauth/saml` };
    },
    async addDirectory(slug) {
      const { id, token } = directory.parse(await setUp("directories", { slug }));
      return {
        tenantId: slug,
        scim: connectScim(http, { baseUrl: `${url}/scim/${id}`, token }),
        settle: async () => {}, // whatever it does, it has done when it answers
        members: async () => undefined,
      };
    },
    close: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
