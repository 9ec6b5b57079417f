// A process for tests to kill: takes one job, says so on standard output, and never finishes it.
import { createLogger } from "@sallyport/logging";
import { openQueues } from "../index.ts";
import { idle, jobs } from "./jobs.ts";

const urls: { databaseUrl: string; redisUrl?: string } = JSON.parse(process.env.QUEUES ?? "");
const queues = await openQueues({ ...urls, jobs, log: createLogger({ level: "silent" }) });
await queues.work(
  {
    ...idle,
    look: () => {
      process.stdout.write("taken\n");
      return new Promise(() => undefined);
    },
  },
  { lockMs: 1_000 },
);
