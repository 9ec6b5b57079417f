import { type ChildProcess, spawn } from "node:child_process";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import type { Account } from "./account.ts";
import { failure } from "./errors.ts";

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** In words, for an error message: "exit code 1". */
  readonly ending: string;
}

export interface RunningProgram {
  readonly child: ChildProcess;
  /** The last lines that it wrote. */
  readonly lastLines: () => readonly string[];
  readonly ended: Promise<Ended>;
}

/** Starts programs in the one way that works for this user, this machine and this folder. */
export interface Launcher {
  /** Of `postgres`, such as "18.4". */
  readonly version: string;
  start(program: string, args: readonly string[], log?: (line: string) => void): RunningProgram;
}

interface Way {
  readonly prefix: readonly string[];
  readonly account?: Account;
}

const LINES_KEPT = 40;
/** How long the last lines of an ended program may take to arrive; its children may hold the pipe open for longer. */
const LAST_LINES_MS = 500;

/**
 * Tries which way of starting PostgreSQL works here, by asking it for its version from inside the data folder.
 * Throws `embedded_postgres_unreachable` or `embedded_postgres_cannot_run`.
 */
export async function chooseLauncher(postgres: string, folder: string, account?: Account): Promise<Launcher> {
  let reason = "";
  for (const way of waysToStart(account)) {
    const attempt = await askVersion(way, postgres, folder);
    if (attempt.version !== undefined) {
      return {
        version: attempt.version,
        start: (program, args, log) => startProgram(way, program, args, log),
      };
    }
    reason = attempt.answer;
  }
  for (const path of account ? [folder, postgres] : []) {
    const closed = await firstClosedFolder(path);
    if (account && closed) {
      throw failure.unreachable(account.uid, path, closed);
    }
  }
  throw failure.cannotRun(postgres, account?.uid, reason);
}

async function askVersion(
  way: Way,
  postgres: string,
  folder: string,
): Promise<{ version?: string; answer: string }> {
  try {
    const program = startProgram(way, "sh", ["-c", 'cd "$1" && exec "$2" --version', "sh", folder, postgres]);
    const { code, ending } = await program.ended;
    const answer = program.lastLines().join(" ") || ending;
    const version = code === 0 ? /\(PostgreSQL\) (\d+\S*)/.exec(answer)?.[1] : undefined;
    return version === undefined ? { answer } : { version, answer };
  } catch (error) {
    // spawn throws where the system does not let this process become that user.
    return { answer: String(error) };
  }
}

/*
 * util-linux setpriv gives two things that spawn cannot. PR_SET_PDEATHSIG: the kernel shuts PostgreSQL down when this
 * process (in a worker: this thread) is killed. And for root, one capability for the unprivileged user, so that a checkout
 * below a folder like /root (mode 0700) stays reachable: the least one that does, none where the way is open. Without
 * no_setuid_fixup, access(2), by which initdb looks for postgres, would ignore that capability (see capabilities(7)).
 * no-new-privs and the bounding set make sure that nothing more can be gained.
 */
function waysToStart(account: Account | undefined): Way[] {
  const setpriv = ["setpriv", "--no-new-privs", "--pdeathsig", "INT"];
  if (account === undefined) {
    return [{ prefix: setpriv }, { prefix: [] }];
  }
  const user = ["--reuid", String(account.uid), "--regid", String(account.gid), "--clear-groups"];
  const withCapabilities = (set: string): Way => {
    const sets = ["--inh-caps", set, "--ambient-caps", set, "--bounding-set", set];
    return { prefix: [...setpriv, ...user, "--securebits", "+no_setuid_fixup", ...sets] };
  };
  return [
    withCapabilities("-all"),
    withCapabilities("-all,+dac_read_search"), // closed folders
    withCapabilities("-all,+dac_override"), // and files without the x bit for others, made under umask 077
    { prefix: [], account },
  ];
}

function startProgram(
  way: Way,
  program: string,
  args: readonly string[],
  log?: (line: string) => void,
): RunningProgram {
  const [command = program, ...rest] = [...way.prefix, program, ...args];
  const child = spawn(command, rest, {
    // A session of its own: Ctrl-C in a terminal reaches the gateway only, which then decides the order of the shutdown.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    // Nothing else is inherited: PGDATA, PGOPTIONS and the like would change what is started.
    env: { PATH: process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" },
    ...way.account,
  });
  const lines: string[] = [];
  const keep = (line: string) => {
    lines.push(line);
    if (lines.length > LINES_KEPT) {
      lines.shift();
    }
    log?.(line);
  };
  createInterface({ input: child.stdout }).on("line", keep);
  createInterface({ input: child.stderr }).on("line", keep);
  // Where this process exits first, the program is told so at the last moment: initdb cleans up, postgres shuts down.
  const stop = () => {
    child.kill("SIGINT");
  };
  process.once("exit", stop);
  const ended = new Promise<Ended>((resolve) => {
    child.on("error", (error) => {
      process.removeListener("exit", stop);
      keep(error.message);
      resolve({ code: null, signal: null, ending: error.message });
    });
    child.once("exit", (code, signal) => {
      process.removeListener("exit", stop);
      const end = { code, signal, ending: signal ? `signal ${signal}` : `exit code ${code}` };
      child.once("close", () => resolve(end));
      setTimeout(() => resolve(end), LAST_LINES_MS).unref();
    });
  });
  return { child, lastLines: () => lines, ended };
}

/** The folder nearest to the root that other users may not enter; undefined when the whole way is open. */
async function firstClosedFolder(path: string): Promise<string | undefined> {
  const parent = dirname(path);
  const above = parent === path ? undefined : await firstClosedFolder(parent);
  if (above !== undefined) {
    return above;
  }
  const { mode } = await stat(path);
  return (mode & 0o001) === 0 ? path : undefined;
}
