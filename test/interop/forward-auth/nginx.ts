import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "../../harness/process.ts";
import { startServer } from "../process.ts";
import { type Behind, documented, type ReverseProxy } from "./proxy.ts";

export async function startNginx({ gatewayPort, clientId, applicationUrl }: Behind): Promise<ReverseProxy> {
  const folder = await mkdtemp(join(tmpdir(), "sallyport-nginx-"));
  await mkdir(join(folder, "logs"));
  const port = Number(await freePorts());
  const locations = await documented("nginx", {
    "https://sso.example.com": `http://127.0.0.1:${gatewayPort}`,
    CLIENT_ID: clientId,
    "http://app": applicationUrl,
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
      await rm(folder, { recursive: true });
    },
  };
}
