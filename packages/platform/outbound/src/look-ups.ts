import type { LookupAddress, LookupAllOptions } from "node:dns";

/** Resolves a name to all of its addresses. */
export type Lookup = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * A look-up holds one of the process's four threads for as long as somebody's name server likes. The others are for
 * signatures and files.
 */
const AT_ONCE = 2;

/** Queues look-ups. One that has waited for `timeoutMs` is dropped, since its caller has given up. */
export function queueLookups(lookup: Lookup, timeoutMs: number): Lookup {
  const waiting: (() => void)[] = [];
  let running = 0;
  const next = () => {
    while (running < AT_ONCE) {
      const begin = waiting.shift();
      if (begin === undefined) {
        return;
      }
      begin();
    }
  };
  return (hostname, options, callback) => {
    const waitingSince = performance.now();
    waiting.push(() => {
      if (performance.now() - waitingSince >= timeoutMs) {
        callback(new Error("Too many names are being looked up"), []);
        return;
      }
      running += 1;
      lookup(hostname, options, (error, addresses) => {
        running -= 1;
        callback(error, addresses);
        next();
      });
    });
    next();
  };
}
