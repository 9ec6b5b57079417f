import { mkdir } from "node:fs/promises";
import { newToken } from "@sallyport/secrets";
import { createHttp, type Http } from "@sallyport/testing-browser";
import { freePorts, temporaryFolder } from "../../harness/process.ts";
import { type BenchGateway, startBenchGateway, type Without } from "./gateway.ts";
import { connectManagement, type Management } from "./management.ts";
import { startPolis } from "./polis/polis.ts";
import { type BenchPostgres, startBenchPostgres } from "./postgres.ts";
import { sallyportSubject } from "./sallyport.ts";
import type { Subject } from "./subject.ts";

/** As in production, with TLS ended in front of the gateway. */
const HOST = "sso.bench.test";

/** What every scenario works on: real parts, each in a process of its own. */
export interface World {
  /** For files; gone when the world is closed. */
  readonly folder: string;
  readonly postgres: BenchPostgres;
  readonly gateway: BenchGateway;
  readonly http: Http;
  readonly management: Management;
  readonly sallyport: Subject;
  /** The peer, installed and started when it is first asked for. */
  polis(): Promise<Subject>;
  close(): Promise<void>;
}

export async function openWorld(options: {
  readonly cpuProfileFolder: string | undefined;
  /** Of the queue. Default: it is in PostgreSQL. */
  readonly redisUrl?: string;
  /** What is taken out of the gateway. Default: nothing. */
  readonly without?: Without;
}): Promise<World> {
  if (process.platform !== "linux") {
    throw new Error("The bench reads CPU times from /proc: it needs Linux.");
  }
  const closing: (() => Promise<void>)[] = [];
  const close = async () => {
    for (let step = closing.pop(); step !== undefined; step = closing.pop()) {
      await step();
    }
  };
  try {
    const folder = await temporaryFolder();
    closing.push(folder.remove);
    const postgres = await startBenchPostgres(`${folder.path}/data`);
    closing.push(postgres.close);
    if (options.cpuProfileFolder !== undefined) {
      await mkdir(options.cpuProfileFolder, { recursive: true });
    }
    const rootKey = newToken("sp_root");
    const port = await freePorts();
    const gateway = await startBenchGateway({
      databaseUrl: postgres.url,
      rootKey,
      port,
      publicUrl: `https://${HOST}`,
      folder: folder.path,
      cpuProfileFolder: options.cpuProfileFolder,
      redisUrl: options.redisUrl,
      without: options.without,
    });
    closing.push(gateway.stop);
    const http = createHttp({ [HOST]: port });
    closing.push(http.close);
    const management = connectManagement(http, gateway.url, rootKey);
    let polis: Promise<Subject> | undefined;
    return {
      folder: folder.path,
      postgres,
      gateway,
      http,
      management,
      sallyport: sallyportSubject({ gateway, postgres, http, management }),
      polis: () => {
        polis ??= startPolis(postgres, http).then((started) => {
          closing.push(started.close);
          return started;
        });
        return polis;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
