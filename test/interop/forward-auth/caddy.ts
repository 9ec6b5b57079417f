import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "../../harness/process.ts";
import { startServer } from "../process.ts";
import { type Behind, documented, type ReverseProxy } from "./proxy.ts";

export async function startCaddy({ gatewayPort, clientId, applicationUrl }: Behind): Promise<ReverseProxy> {
  const folder = await mkdtemp(join(tmpdir(), "sallyport-caddy-"));
  const port = Number(await freePorts());
  const site = await documented("caddy", {
    "wiki.example.com {": `http://:${port} {\nbind 127.0.0.1`,
    "https://sso.example.com": `http://127.0.0.1:${gatewayPort}`,
    CLIENT_ID: clientId,
    "app:8080": applicationUrl,
  });
  await writeFile(join(folder, "Caddyfile"), `{\nadmin off\nauto_https off\n}\n${site}`);
  const args = ["run", "--config", join(folder, "Caddyfile"), "--adapter", "caddyfile"];
  const env = { ...process.env, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const caddy = await startServer(process.env.CADDY ?? "caddy", args, {
    env,
    url: `http://127.0.0.1:${port}/`,
  });
  return {
    port,
    async stop() {
      await caddy.stop();
      await rm(folder, { recursive: true });
    },
  };
}
