import { execFile } from "node:child_process";
import { access, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const NAME = "@boxyhq/saml-jackson";
/** The newest when this was last looked at. */
const VERSION = "26.2.0";

/**
 * Installs the peer outside the repository, which never depends on it, and keeps it there for the next run. Resolves to the
 * folder that it can be required from. Scripts of it and of its dependencies do not run; of what they would build
 * (better-sqlite3), nothing is needed.
 */
export async function installPolis(): Promise<string> {
  const folder = join(tmpdir(), `sallyport-bench-peers-${process.getuid?.()}`, `saml-jackson-${VERSION}`);
  if (await isThere(folder)) {
    return folder;
  }
  // Made beside it and renamed: a run that is interrupted leaves no half of it.
  const draft = `${folder}.${process.pid}.draft`;
  await mkdir(draft, { recursive: true });
  await writeFile(
    join(draft, "package.json"),
    JSON.stringify({ private: true, dependencies: { [NAME]: VERSION } }),
  );
  const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund"];
  await promisify(execFile)("npm", args, { cwd: draft }).catch(async (cause: unknown) => {
    await rm(draft, { recursive: true });
    throw new Error(`Could not install ${NAME}, which is measured beside the gateway: try --no-peers.`, {
      cause,
    });
  });
  await rename(draft, folder).catch(async (error: unknown) => {
    await rm(draft, { recursive: true });
    if (!(await isThere(folder))) {
      throw error;
    }
  });
  return folder;
}

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
