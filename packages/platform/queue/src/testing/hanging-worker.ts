// A process for tests to kill: takes one job, says so on standard output, and never finishes it.
import { createLogger } from "@sallyport/logging";
import { openQueues } from "../index.ts";

const urls: { databaseUrl: string; redisUrl?: string } = JSON.parse(process.env.QUEUES ?? "");
const queues = await openQueues({ ...urls, log: createLogger({ level: "silent" }) });
await queues.work(
  {
    reconcile: () => {
      process.stdout.write("taken\n");
      return new Promise(() => undefined);
    },
    logout: async () => undefined,
    metadata: async () => undefined,
    expiry: async () => undefined,
    sweep: async () => undefined,
    purge: async () => undefined,
    reseal: async () => undefined,
  },
  { lockMs: 1_000 },
);
