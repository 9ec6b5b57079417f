import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { freePorts, temporaryFolder } from "../../harness/process.ts";
import { startServer } from "../process.ts";

/** Debian's clickhouse-server, with the password "right"; null where it is not installed. */
export async function startOldServer(): Promise<{ readonly url: string; stop(): Promise<void> } | null> {
  const path = await promisify(execFile)("which", ["clickhouse-server"]).catch(() => null);
  if (path === null) {
    return null;
  }
  const folder = await temporaryFolder();
  const port = await freePorts();
  const at = (name: string) => `${folder.path}/${name}`;
  await writeFile(
    at("users.xml"),
    `<yandex><profiles><default/></profiles><quotas><default/></quotas><users><default><password>right</password>
       <networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users></yandex>`,
  );
  await writeFile(
    at("config.xml"),
    `<yandex><logger><level>error</level><console>1</console></logger><listen_host>127.0.0.1</listen_host>
       <http_port>${port}</http_port><tcp_port>${port + 1}</tcp_port><path>${at("data/")}</path>
       <tmp_path>${at("tmp/")}</tmp_path><mark_cache_size>5368709120</mark_cache_size>
       <users_config>${at("users.xml")}</users_config><default_profile>default</default_profile>
       <default_database>default</default_database></yandex>`,
  );
  const url = `http://127.0.0.1:${port}`;
  const server = await startServer("clickhouse-server", [`--config-file=${at("config.xml")}`], {
    env: process.env,
    url,
    cwd: folder.path,
  });
  return {
    url,
    stop: async () => {
      await server.stop();
      await folder.remove();
    },
  };
}
