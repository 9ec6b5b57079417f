import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "../../harness/process.ts";
import { startServer } from "../process.ts";

/** nginx before an application that answers with what it was sent, as JSON. */
export interface Nginx {
  readonly port: number;
  stop(): Promise<void>;
}

const PAGE = new URL("../../../docs/forward-auth.md", import.meta.url);

/** The configuration that the documentation shows, for these servers. */
async function documented(values: Readonly<Record<string, string>>): Promise<string> {
  const [, shown] = /```nginx\n([\s\S]*?)```/.exec(await readFile(PAGE, "utf8")) ?? [];
  if (shown === undefined) {
    throw new Error(`${PAGE.pathname} shows no configuration for nginx`);
  }
  return Object.entries(values).reduce((text, [name, value]) => text.replaceAll(name, value), shown);
}

export async function startNginx(gatewayPort: number, clientId: string): Promise<Nginx> {
  const application = createServer((req, res) => {
    res.setHeader("content-type", "application/json");
    res.end(JSON.stringify({ uri: req.url, ...req.headers }));
  });
  await new Promise<void>((resolve) => application.listen(0, "127.0.0.1", resolve));
  const applicationPort = (application.address() as AddressInfo).port;

  const folder = await mkdtemp(join(tmpdir(), "sallyport-nginx-"));
  await mkdir(join(folder, "logs"));
  const port = Number(await freePorts());
  const locations = await documented({
    "https://sso.example.com": `http://127.0.0.1:${gatewayPort}`,
    CLIENT_ID: clientId,
    "http://app": `http://127.0.0.1:${applicationPort}`,
  });
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  const configuration = `
    daemon off; worker_processes 1; pid ${folder}/pid; error_log stderr;
    events { worker_connections 64; }
    http {
      access_log off;
      ${temporary.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join("\n")}
      server { listen 127.0.0.1:${port}; ${locations} }
    }`;
  await writeFile(join(folder, "nginx.conf"), configuration);

  const args = ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", "stderr"];
  const url = `http://127.0.0.1:${port}/`;
  const nginx = await startServer(process.env.NGINX ?? "nginx", args, { env: process.env, url });
  return {
    port,
    async stop() {
      await nginx.stop();
      await new Promise((resolve) => application.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}
