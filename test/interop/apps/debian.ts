import { run } from "../command.ts";

/** Installs Debian packages where they are missing, which takes root; resolves to their versions. */
export async function installDebian(packages: readonly string[]): Promise<string[]> {
  const versions = () => run("dpkg-query", ["--show", ...packages]);
  const installed = await versions().catch(async () => {
    await run("apt-get", ["update"]);
    await run("apt-get", ["install", "--yes", "--no-install-recommends", ...packages]);
    return versions();
  });
  return installed
    .trim()
    .split("\n")
    .map((line) => line.split("\t")[1] ?? "");
}
