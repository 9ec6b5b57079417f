#!/usr/bin/env node
import { join } from "node:path";
import { migrate } from "@sallyport/database";
import { createLogger, type Logger } from "@sallyport/logging";
import { newEncryptionKey } from "@sallyport/secrets";
import { banner } from "./banner.ts";
import { parseCommandLine, USAGE } from "./command-line.ts";
import {
  type Configuration,
  type Environment,
  readAuditAccess,
  readConfiguration,
  readDatabaseUrl,
} from "./configuration.ts";
import { withDevelopmentSecrets } from "./development-secrets.ts";
import { explainFailure } from "./failure.ts";
import { fileAndTerminal, type LogDestination, standardOutput } from "./log-destination.ts";
import { ROLES, type Role } from "./process-roles.ts";
import type { RunOptions } from "./run.ts";
import { withRunningDatabase } from "./running-database.ts";

const say = (text: string) => void process.stdout.write(`${text}\n`);
const complain = (text: string) => void process.stderr.write(`sallyport: ${text}\n`);

/** Does what the command line says. Resolves to the exit code. */
async function main(args: readonly string[], environment: Environment): Promise<number> {
  const command = parseCommandLine(args);
  switch (command.name) {
    case "help":
      say(USAGE);
      return 0;
    case "new-key":
      say(newEncryptionKey());
      return 0;
    case "audit verify": {
      const { auditVerify } = await import("./audit-verify.ts");
      return auditVerify(readAuditAccess(await withRunningDatabase(environment)), command, { say, complain });
    }
    case "migrate":
      return migrateOnly(environment);
    case "serve":
      return serve(environment, command.roles);
    case "dev":
      // In production nothing is made up, whatever the command.
      return environment.NODE_ENV === "production"
        ? serve(environment, new Set(ROLES))
        : develop(environment);
  }
}

async function migrateOnly(environment: Environment): Promise<number> {
  const applied = await migrate(readDatabaseUrl(environment));
  say(applied.length === 0 ? "The database is up to date." : `Applied: ${applied.join(", ")}`);
  return 0;
}

async function serve(environment: Environment, roles: ReadonlySet<Role>): Promise<number> {
  process.env.NODE_ENV = "production"; // Express and its like ask for it
  const configuration = readConfiguration(environment, { mode: "production", roles });
  return withLog(configuration, standardOutput(), (log) =>
    run(configuration, { log, onReady: () => undefined, tell: complain }),
  );
}

async function develop(environment: Environment): Promise<number> {
  const configuration = readConfiguration(await withDevelopmentSecrets(environment), {
    mode: "development",
    roles: new Set(ROLES),
  });
  const logFile = join(configuration.dataDir, "gateway.log");
  const rootKeyGiven = Boolean(environment.SALLYPORT_ROOT_KEY?.trim());
  return withLog(configuration, fileAndTerminal(logFile), (log) =>
    run(configuration, {
      log,
      tell: complain,
      onReady: ({ url, demo }) => say(banner({ url, demo, configuration, logFile, rootKeyGiven })),
    }),
  );
}

/** Loads the services and runs them. Only now: the other commands need none of that code. */
async function run(configuration: Configuration, options: RunOptions): Promise<number> {
  const { warn } = console;
  // oidc-provider says at once that Node 20 is older than what it supports; the tests hold on it nevertheless.
  console.warn = () => undefined;
  const { runGateway } = await import("./run.ts").finally(() => {
    console.warn = warn;
  });
  return runGateway(configuration, options);
}

async function withLog(
  { logLevel }: Configuration,
  destination: LogDestination,
  work: (log: Logger) => Promise<number>,
): Promise<number> {
  try {
    return await work(createLogger({ level: logLevel, destination }));
  } finally {
    destination.flush();
  }
}

const exitCode = await main(process.argv.slice(2), process.env).catch((error: unknown) => {
  const { message, exitCode } = explainFailure(error);
  complain(message);
  return exitCode;
});
// Not left to an empty event loop: what did not close in time must not keep the process.
process.exit(exitCode);
