import { mkdir } from "node:fs/promises";
import { newToken } from "@sallyport/secrets";
import { freePorts, temporaryFolder } from "../../harness/process.ts";
import { type BenchDatabase, startBenchDatabase } from "./database.ts";
import { type BenchGateway, startBenchGateway } from "./gateway.ts";
import { createHttp, type Http } from "./http.ts";
import { connectManagement, type Management } from "./management.ts";

/** What every scenario works on: real parts, each in a process of its own. */
export interface World {
  readonly database: BenchDatabase;
  readonly gateway: BenchGateway;
  readonly http: Http;
  readonly management: Management;
  close(): Promise<void>;
}

export async function openWorld(options: { cpuProfileFolder: string | undefined }): Promise<World> {
  if (process.platform !== "linux") throw new Error("The bench reads CPU times from /proc: it needs Linux.");
  const closing: (() => Promise<void>)[] = [];
  const close = async () => {
    for (let step = closing.pop(); step !== undefined; step = closing.pop()) await step();
  };
  try {
    const folder = await temporaryFolder();
    closing.push(folder.remove);
    const database = await startBenchDatabase(`${folder.path}/data`);
    closing.push(database.close);
    if (options.cpuProfileFolder !== undefined) await mkdir(options.cpuProfileFolder, { recursive: true });
    const rootKey = newToken("sp_root");
    const gateway = await startBenchGateway({
      databaseUrl: database.url,
      rootKey,
      port: await freePorts(),
      folder: folder.path,
      cpuProfileFolder: options.cpuProfileFolder,
    });
    closing.push(gateway.stop);
    const http = createHttp();
    closing.push(http.close);
    return { database, gateway, http, management: connectManagement(http, gateway.url, rootKey), close };
  } catch (error) {
    await close();
    throw error;
  }
}
