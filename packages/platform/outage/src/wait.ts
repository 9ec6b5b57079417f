import { setTimeout as sleep } from "node:timers/promises";
import { type Outage, outageOf } from "./outage.ts";

export interface Waiting {
  /** Ends the waiting: then the error of the last try is thrown. */
  readonly signal: AbortSignal;
  readonly onOutage: (outage: Outage, error: unknown) => void;
  /** Default half a second: work goes on within a second of the server's return. */
  readonly everyMs?: number;
}

/** Does `work` again and again as long as it meets an outage. It must bear being begun anew. */
export async function onceAvailable<Result>(
  work: () => Promise<Result>,
  { signal, onOutage, everyMs = 500 }: Waiting,
): Promise<Result> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const outage = outageOf(error);
      if (outage === undefined || signal.aborted) {
        throw error;
      }
      onOutage(outage, error);
      await sleep(everyMs, undefined, { signal }).catch(() => undefined); // or it was aborted
      if (signal.aborted) {
        throw error;
      }
    }
  }
}
