import { pino } from "pino";
import { openPrivateFile } from "./data-folder.ts";

export interface LogDestination {
  write(line: string): void;
  /** Writes out what is buffered. Call it before the process exits. */
  flush(): void;
}

/** JSON lines to standard output, where a container's runtime collects them. */
export function standardOutput(): LogDestination {
  return asynchronous(1);
}

/** JSON lines to a file of our own, for they name people; what needs attention also goes to the terminal, readable, so that the banner stays in sight. */
export function fileAndTerminal(path: string): LogDestination {
  const file = asynchronous(openPrivateFile(path));
  return {
    write: (line) => {
      file.write(line);
      if (NEEDS_ATTENTION.test(line)) {
        process.stderr.write(readable(line));
      }
    },
    flush: file.flush,
  };
}

// pino writes the level first.
const NEEDS_ATTENTION = /^\{"level":"(?:warn|error|fatal)"/;

/** So much, or for so long: a write for each line would cost a request more than to make the line. */
const BUFFERED = { minLength: 8_192, periodicFlush: 200 };

function asynchronous(dest: number): LogDestination {
  const stream = pino.destination({ dest, sync: false, ...BUFFERED });
  // A full disk or a closed pipe must not end the gateway, which may well serve on.
  stream.on("error", () => undefined);
  return {
    write: (line) => {
      stream.write(line);
      if (NEEDS_ATTENTION.test(line)) {
        stream.flush();
      }
    },
    flush: () => stream.flushSync(),
  };
}

function readable(line: string): string {
  const { level, time, msg, err, ...rest }: Record<string, unknown> = JSON.parse(line);
  const clock = String(time).slice(11, 19);
  const details = Object.entries(rest).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`);
  const reason = typeof err === "object" && err !== null && "message" in err ? `: ${err.message}` : "";
  return `${clock} ${String(level).toUpperCase()} ${msg}${reason}${details.join("")}\n`;
}
