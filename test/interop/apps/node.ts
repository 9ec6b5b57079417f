import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { run } from "../command.ts";
import { type ServerProcess, startServer } from "../process.ts";
import type { Place } from "./peer.ts";

const manifest = z.object({ version: z.string() });

/** Installs a page's `package.json` in the folder, and resolves to the version of one of the packages. */
export async function installNode(folder: string, name: string): Promise<string> {
  await run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts"], folder);
  const text = await readFile(join(folder, "node_modules", name, "package.json"), "utf8");
  return `${name} ${manifest.parse(JSON.parse(text)).version}`;
}

/** Runs a page's `app.js`, which has a page `/goodbye` for everybody. */
export function startNode({ folder, port, url }: Place): Promise<ServerProcess> {
  const env = { ...process.env, PORT: `${port}`, NODE_ENV: "development" };
  return startServer(process.execPath, ["app.js"], { cwd: folder, env, url: `${url}/goodbye` });
}
