import { constants } from "node:os";
import type { Logger } from "@sallyport/logging";
import { isUnavailable, outageOf, reportOutage } from "@sallyport/outage";
import type { Configuration } from "./configuration.ts";
import { explainFailure } from "./failure.ts";
import { type RunningGateway, startGateway } from "./gateway.ts";

export interface RunOptions {
  readonly log: Logger;
  /** Called once, when everything is ready. */
  readonly onReady: (gateway: RunningGateway) => void;
  /** A message to the person at the terminal. */
  readonly tell: (message: string) => void;
}

type Ending = "signal" | "failure";

/** Longer than requests and jobs may take to finish: what hangs then is cut off. After a failure, most of it hangs. */
const STOP_DEADLINE_MS: Readonly<Record<Ending, number>> = { signal: 30_000, failure: 8_000 };
/** npm passes Ctrl-C on to a process that has it from the terminal already: both count as one. */
const SAME_WISH_MS = 500;

/**
 * Runs the gateway until a signal or a failure ends it, and stops it in order; a second signal ends the process on
 * the spot. Resolves to the exit code: 0 after a clean stop, 1 or 2 after a failure. To be called once a process.
 */
export async function runGateway(configuration: Configuration, options: RunOptions): Promise<number> {
  const { log, tell, onReady } = options;
  const ending = watchForEnd(log, tell);
  let gateway: RunningGateway;
  try {
    gateway = await startGateway(configuration, { log, onWaiting: tell, signal: ending.signal });
  } catch (error) {
    if (ending.begun() && isUnavailable(error)) {
      return 0; // it only waited, and was told not to
    }
    log.fatal({ err: error }, "could not start");
    const { message, exitCode } = explainFailure(error);
    tell(message);
    return exitCode;
  }
  if (!ending.begun()) {
    onReady(gateway);
  }
  const reason = await ending.first;
  const clean = await Promise.race([gateway.stop(), expiry(STOP_DEADLINE_MS[reason])]);
  return reason === "signal" && clean ? 0 : 1;
}

/** The first reason to end: a signal, or an error that nobody caught. */
function watchForEnd(log: Logger, tell: (message: string) => void) {
  let end: (reason: Ending) => void = () => undefined;
  const aborting = new AbortController();
  const first = new Promise<Ending>((resolve) => {
    end = (reason) => {
      aborting.abort();
      resolve(reason);
    };
  });

  let signalledAt: number | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    const now = performance.now();
    if (signalledAt === undefined) {
      signalledAt = now;
      tell("Stopping: requests and jobs under way finish first. Press Ctrl-C again to stop at once.");
      end("signal");
    } else if (now - signalledAt > SAME_WISH_MS) {
      process.exit(128 + constants.signals[signal]);
    }
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);

  const fail = (error: unknown) => {
    // No outage ends a process: whoever let go of this error left nothing half done that the database does not know.
    const outage = outageOf(error);
    if (outage !== undefined) {
      return reportOutage(log, outage, { err: error, unheard: true });
    }
    log.fatal({ err: error }, "unexpected failure");
    tell(`Stopping: ${explainFailure(error).message}`);
    end("failure");
  };
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);

  return { first, signal: aborting.signal, begun: () => signalledAt !== undefined };
}

function expiry(ms: number): Promise<false> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(false), ms);
  });
}
