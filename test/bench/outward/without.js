/**
 * Loaded by a gateway of the bench before all else: takes out a part of it, so that what the part costs can be told. The
 * environment says which: WITHOUT=events, no event is written; WITHOUT=outbox, events are, but nothing numbers them.
 * What is taken out is a module of `domain/events`, as built; the gateway itself knows nothing of this.
 */

import { register } from "node:module";
import { isMainThread } from "node:worker_threads";

const REPLACED = {
  events: {
    module: "/packages/domain/events/dist/record.js",
    // A member of WITH that only selects, and that nobody reads, is not run.
    source: `
      export const insertEvents = () => "SELECT 1";
      export const eventsStatement = () => ({ text: "SELECT 1", values: [] });
      export const recordEvents = async () => {};`,
  },
  outbox: {
    module: "/packages/domain/events/dist/outbox/fill.js",
    source: `
      export const FILL = "";
      export const fillOutbox = async () => 0;`,
  },
};

if (isMainThread) {
  register(import.meta.url);
}

/** A hook of Node's module loader. */
export async function load(url, context, nextLoad) {
  const replaced = REPLACED[process.env.WITHOUT];
  if (replaced === undefined) {
    throw new Error(`WITHOUT is to be one of ${Object.keys(REPLACED).join(", ")}`);
  }
  return url.endsWith(replaced.module)
    ? { format: "module", source: replaced.source, shortCircuit: true }
    : nextLoad(url, context);
}
