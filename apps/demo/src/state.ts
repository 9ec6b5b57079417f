import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

/**
 * What the demo must find again at its next start: the secrets that the gateway showed once, and its IdPs' own keys.
 * Kept beside the development secrets, readable by the owner alone.
 */
const demoState = z.object({
  gatewayUrl: z.url(),
  rootKey: z.string(),
  samlIdp: z.object({ privateKey: z.string(), certificate: z.string() }),
  oidcIdp: z.object({ clientSecret: z.string() }),
  application: z.object({ clientId: z.string(), clientSecret: z.string() }).optional(),
  /** Of the link by which Acme's IdP admin sets things up. */
  setupToken: z.string().optional(),
  connections: z.record(z.string(), z.object({ id: z.string() })),
  directories: z.record(z.string(), z.object({ id: z.string(), baseUrl: z.string(), token: z.string() })),
});

export type DemoState = z.infer<typeof demoState>;

const FILE = "demo.json";

/** The state of an earlier start; null at the first, and when the file is not ours to read. */
export async function readDemoState(dataDir: string): Promise<DemoState | null> {
  let text: string;
  try {
    text = await readFile(join(dataDir, FILE), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      return null;
    }
    throw error;
  }
  return demoState.parse(JSON.parse(text));
}

export async function writeDemoState(dataDir: string, state: DemoState): Promise<void> {
  await writeFile(join(dataDir, FILE), JSON.stringify(state, null, 2), { mode: 0o600 });
}
