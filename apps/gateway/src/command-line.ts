import { parseArgs } from "node:util";
import { isRole, ROLES, type Role } from "./process-roles.ts";

export type Command =
  | { readonly name: "dev" }
  | { readonly name: "serve"; readonly roles: ReadonlySet<Role> }
  | { readonly name: "migrate" }
  | { readonly name: "new-key" }
  | { readonly name: "help" };

/** The command line is wrong; the message says how. */
export class UsageError extends Error {}

export const USAGE = `Sallyport: enterprise SSO and SCIM provisioning gateway

Usage: sallyport <command> [options]

  dev                 Everything in one process, with the demo. Starts an embedded PostgreSQL under DATA_DIR
                      unless DATABASE_URL is set, and makes the secrets that are missing.
  serve               Production: fails when a required variable is missing.
    --roles <list>    What this process does: any of ${ROLES.join(",")}. Default: all of them.
  migrate             Brings the database at DATABASE_URL to the schema of this build. dev and serve do so, too.
  new-key             Prints a new key for SALLYPORT_ENCRYPTION_KEYS.

  -h, --help          Prints this.

The environment configures the rest; .env.example lists and explains every variable.
`;

/** Reads the arguments after the program's name. Throws `UsageError`. */
export function parseCommandLine(args: readonly string[]): Command {
  const { values, positionals } = parse(args);
  const [name, ...rest] = positionals;
  if (values.help || name === "help") {
    return { name: "help" };
  }
  if (name === undefined) {
    throw new UsageError("Give a command: dev, serve, migrate or new-key.");
  }
  if (rest.length > 0) {
    throw new UsageError(`${name} takes no further argument, but got "${rest[0]}".`);
  }
  if (name === "serve") {
    return { name, roles: parseRoles(values.roles) };
  }
  if (values.roles !== undefined) {
    throw new UsageError("--roles goes with serve only.");
  }
  if (name === "dev" || name === "migrate" || name === "new-key") {
    return { name };
  }
  throw new UsageError(`There is no command "${name}": give dev, serve, migrate or new-key.`);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { help: { type: "boolean", short: "h" }, roles: { type: "string" } },
    });
  } catch (cause) {
    // parseArgs names the option that it does not know, or that lacks its value.
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function parseRoles(text: string | undefined): ReadonlySet<Role> {
  if (text === undefined) {
    return new Set(ROLES);
  }
  const names = text.split(",").map((name) => name.trim());
  const roles = names.filter(isRole);
  const unknown = names.find((name) => !isRole(name));
  if (unknown !== undefined) {
    throw new UsageError(`There is no role "${unknown}": give any of ${ROLES.join(",")}.`);
  }
  return new Set(roles);
}
