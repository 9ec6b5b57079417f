import { type LookupAddress, type LookupAllOptions, promises } from "node:dns";

const LOOPBACK: LookupAddress[] = [
  { address: "127.0.0.1", family: 4 },
  { address: "::1", family: 6 },
];
const TIMEOUT_MS = 2_000;
const TRIES = 2;

/**
 * Resolves a name by DNS alone. The system's look-up holds one of the process's four threads for as long as a tenant's name
 * server likes, and signatures and files wait behind it; this one holds none. It knows no hosts file, but `localhost`.
 */
export function lookUpByDns(): (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: Error | null, addresses: LookupAddress[]) => void,
) => void {
  const resolver = new promises.Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  return (hostname, _options, callback) => {
    if (hostname === "localhost" || hostname.endsWith(".localhost")) {
      return callback(null, LOOPBACK);
    }
    Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]).then(([four, six]) => {
      const addresses = [
        ...(four.status === "fulfilled" ? four.value : []).map((address) => ({ address, family: 4 })),
        ...(six.status === "fulfilled" ? six.value : []).map((address) => ({ address, family: 6 })),
      ];
      if (addresses.length === 0 && four.status === "rejected") {
        return callback(four.reason instanceof Error ? four.reason : new Error(String(four.reason)), []);
      }
      callback(null, addresses);
    });
  };
}
