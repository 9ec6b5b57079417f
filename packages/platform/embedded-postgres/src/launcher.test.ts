import { chmod, cp, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Binaries, findBinaries } from "./binaries.ts";
import { createCluster } from "./cluster.ts";
import { chooseLauncher, type Launcher } from "./launcher.ts";

const nobody = { uid: 65534, gid: 65534 };
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "embedded-postgres-launcher-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe.runIf(process.getuid?.() === 0 && process.platform === "linux")("a checkout made by root", () => {
  it("in an open folder runs without any capability", async () => {
    await chmod(folder, 0o755);
    const launcher = await chooseLauncher((await copyOfBinaries()).postgres, folder, nobody);
    expect(await capabilitiesOf(launcher)).toEqual([0n, 0n]);
  });

  it("below a closed folder runs with no more than the right to go in", async () => {
    const { initdb, postgres } = await copyOfBinaries();
    const launcher = await chooseLauncher(postgres, folder, nobody);
    expect(await capabilitiesOf(launcher)).toEqual([CAP_DAC_READ_SEARCH, CAP_DAC_READ_SEARCH]);
    await createCluster({ folder, initdb, launcher, account: nobody, durable: false });
  });

  it("under umask 077 runs, too", async () => {
    const { initdb, postgres } = await copyOfBinaries();
    await closeAll(join(folder, "native"));
    const launcher = await chooseLauncher(postgres, folder, nobody);
    expect(await capabilitiesOf(launcher)).toEqual([CAP_DAC_OVERRIDE, CAP_DAC_OVERRIDE]);
    await createCluster({ folder, initdb, launcher, account: nobody, durable: false });
  });
});

it("says what the system says when the program does not run", async () => {
  const missing = join(folder, "no-postgres");
  await chmod(folder, 0o755);
  await expect(chooseLauncher(missing, folder)).rejects.toMatchObject({
    code: "embedded_postgres_cannot_run",
    message: expect.stringMatching(new RegExp(`^${missing} does not run here: .*not found.*glibc`)),
  });
});

// linux/capability.h
const CAP_DAC_OVERRIDE = 1n << 1n;
const CAP_DAC_READ_SEARCH = 1n << 2n;

/** The effective set, and the bounding set: what it may ever have. */
async function capabilitiesOf(launcher: Launcher): Promise<bigint[]> {
  const program = launcher.start("sleep", ["60"]);
  try {
    const pid = program.child.pid;
    await expect.poll(() => readFile(`/proc/${pid}/comm`, "utf8")).toBe("sleep\n");
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    return ["CapEff", "CapBnd"].map((set) =>
      BigInt(`0x${new RegExp(`${set}:\\s*(\\w+)`).exec(status)?.[1]}`),
    );
  } finally {
    program.child.kill();
    await program.ended;
  }
}

async function copyOfBinaries(): Promise<Binaries> {
  const { postgres } = await findBinaries(folder);
  await cp(dirname(dirname(postgres)), join(folder, "native"), { recursive: true, verbatimSymlinks: true });
  const bin = join(folder, "native", "bin");
  return { initdb: join(bin, "initdb"), postgres: join(bin, "postgres") };
}

async function closeAll(path: string): Promise<void> {
  for (const name of await readdir(path, { recursive: true })) {
    const file = join(path, name);
    await chmod(file, (await stat(file)).mode & 0o700);
  }
  await chmod(path, 0o700);
}
