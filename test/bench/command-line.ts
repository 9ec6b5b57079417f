import { parseArgs } from "node:util";
import { SCENARIOS } from "./scenarios/index.ts";

export interface BenchOptions {
  readonly help: boolean;
  /** Names. */
  readonly scenarios: ReadonlySet<string>;
  /** Measures how cost grows with the tables, in place of the scenarios. */
  readonly growth: boolean;
  /** Measures how near the gateway is to its own SQL, in place of the scenarios. */
  readonly limit: boolean;
  /** Measures how soon access ends, and what others notice of that, in place of the scenarios. */
  readonly deprovisioning: boolean;
  /** Measures the way of events outwards and what it costs, in place of the scenarios. */
  readonly outward: boolean;
  /** A tenth of everything in these two: to see that it works. */
  readonly small: boolean;
  /** Length of a round. */
  readonly seconds: number;
  readonly rounds: number;
  readonly concurrency: number;
  /** Whether those who do the same are measured, too. */
  readonly peers: boolean;
  readonly jsonFile: string | undefined;
  readonly cpuProfileFolder: string | undefined;
}

/** The command line is wrong; the message says how. */
export class BenchUsageError extends Error {}

export const USAGE = `Usage: npm run bench -- [options]

  --scenario <name>    Only this one; may be given more than once. Default: all of them:
${SCENARIOS.map(({ name, title }) => `                         ${name.padEnd(26)} ${title}`).join("\n")}
  --growth             Instead: how cost grows from 1,000 users in a directory to 1,000,000, and from 1,000 sessions
                       and identities to 1,000,000. Takes ten minutes and 5 GB in the temporary folder.
  --limit              Instead: how near the gateway is to its own SQL, logged and run again by pgbench (where it is
                       on the PATH; else by bare connections)
  --deprovisioning     Instead: from a push of active:false to the end of the session, at 100 pushes a second with
                       10,000 live sessions; how fast the worker is, how fair to others, and many organizations at
                       once; with the queue on PostgreSQL and on Redis (where redis-server is on the PATH)
  --outward            Instead: events through the outbox, by stages and as a whole; what outbox and events add to SCIM
                       requests and sign-ins, beside a gateway without them; webhooks, also beside receivers that
                       hang. Takes twenty minutes; --rounds of costs.
  --small              Of these two, with a tenth of everything
  --seconds <n>        Length of a round (default 5). A push takes as long as it takes.
  --no-peers           Measures the gateway alone. Default: beside it, round by round in turn, whoever else does the
                       same: node-saml, and Ory Polis' library (@boxyhq/saml-jackson) behind Express on the same
                       PostgreSQL. That is installed into the temporary folder, and found there by the next run.
  --rounds <n>         Rounds of each scenario; what is shown is their median (default 3)
  --concurrency <n>    Operations under way at once (default 16)
  --json <file>        Also writes every figure there, and the SQL statements behind an operation
  --cpu-prof <folder>  Also writes there where the gateway's CPU time went, for Chrome's or VS Code's viewer
  --help               Prints this
`;

/** Reads the arguments after the program's name. Throws BenchUsageError. */
export function parseBenchCommandLine(args: readonly string[]): BenchOptions {
  const values = parse(args);
  const names = SCENARIOS.map(({ name }) => name);
  const chosen = values.scenario ?? names;
  const unknown = chosen.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new BenchUsageError(`There is no scenario "${unknown}": give any of ${names.join(", ")}.`);
  }
  return {
    help: values.help ?? false,
    scenarios: new Set(chosen),
    growth: values.growth ?? false,
    limit: values.limit ?? false,
    deprovisioning: values.deprovisioning ?? false,
    outward: values.outward ?? false,
    small: values.small ?? false,
    seconds: wholeNumber("seconds", values.seconds, 5),
    rounds: wholeNumber("rounds", values.rounds, 3),
    concurrency: wholeNumber("concurrency", values.concurrency, 16),
    peers: !(values["no-peers"] ?? false),
    jsonFile: values.json,
    cpuProfileFolder: values["cpu-prof"],
  };
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        scenario: { type: "string", multiple: true },
        growth: { type: "boolean" },
        limit: { type: "boolean" },
        deprovisioning: { type: "boolean" },
        outward: { type: "boolean" },
        small: { type: "boolean" },
        seconds: { type: "string" },
        rounds: { type: "string" },
        concurrency: { type: "string" },
        "no-peers": { type: "boolean" },
        json: { type: "string" },
        "cpu-prof": { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
    return values;
  } catch (cause) {
    // parseArgs names the option that it does not know, or that lacks its value.
    throw new BenchUsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function wholeNumber(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) {
    return otherwise;
  }
  if (!/^[1-9]\d{0,3}$/.test(text)) {
    throw new BenchUsageError(`--${name} takes a whole number from 1 to 9999, not "${text}".`);
  }
  return Number(text);
}
