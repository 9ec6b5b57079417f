import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";

// Every URL that somebody else supplies is asked by the SSRF-safe client (invariant 8, packages/platform/outbound): so nothing
// else of what runs in production opens a connection. `test/attacks/outbound` tries the callers of that client.

const ROOT = new URL("../../", import.meta.url).pathname;

/** What connects, looks up names or listens, and why it may. */
const MAY: Readonly<Record<string, string>> = {
  "packages/platform/outbound/src/outbound.ts": "is the client",
  "packages/platform/delivery/src/look-up.ts": "looks names up for it, whose addresses it then checks",
  "packages/platform/embedded-postgres/src/server.ts": "looks for a free port of its own",
  "packages/platform/limits/src/networks.ts": "reads addresses",
  "packages/platform/testing-browser/src/http.ts": "is for tests",
  "apps/gateway/src/listener.ts": "listens",
  "apps/gateway/src/message-types.ts": "listens",
  "apps/gateway/src/services.ts": "looks for TXT records of domains",
};

const CONNECTS =
  /^import (?!type\b)[^;]*"(?:undici|node:(?:https?|http2|net|tls|dgram|dns)(?:\/promises)?)"|(?<![.\w])fetch\(|createRemoteJWKSet|\bAwsClient\b|\bWebSocket\(/m;

async function sources(folder: string): Promise<string[]> {
  const entries = await readdir(join(ROOT, folder), { withFileTypes: true, recursive: true });
  return (
    entries
      .filter(
        (entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !/\.(?:test|d)\.tsx?$/.test(entry.name),
      )
      .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length))
      .filter((path) => path.includes("/src/") && !/\/(?:node_modules|dist|testing)\//.test(path))
      // The pages run in browsers; the demo's parts are strangers to the gateway.
      .filter((path) => !/^apps\/(?:console\/src\/web|demo)\//.test(path))
  );
}

it("opens connections in the SSRF-safe client alone", async () => {
  const paths = [...(await sources("apps")), ...(await sources("packages"))];
  expect(paths.length).toBeGreaterThan(500);
  const found = [];
  for (const path of paths) {
    if (CONNECTS.test(await readFile(join(ROOT, path), "utf8"))) {
      found.push(path);
    }
  }
  expect(found.toSorted()).toEqual(Object.keys(MAY).toSorted());
});
