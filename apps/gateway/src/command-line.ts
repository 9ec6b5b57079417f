import { parseArgs } from "node:util";
import { isRole, ROLES, type Role } from "./process-roles.ts";

export type Command =
  | { readonly name: "dev" }
  | { readonly name: "serve"; readonly roles: ReadonlySet<Role> }
  | { readonly name: "migrate" }
  | { readonly name: "new-key" }
  | ({ readonly name: "audit verify" } & AuditVerifyOptions)
  | { readonly name: "help" };

export interface AuditVerifyOptions {
  /** Slug or id. Undefined: every organization, and what belongs to none. */
  readonly organization: string | undefined;
  /** A file of roots that were kept outside. */
  readonly anchors: string | undefined;
  readonly json: boolean;
}

/** The command line is wrong; the message says how. */
export class UsageError extends Error {}

export const USAGE = `Sallyport: enterprise SSO and SCIM provisioning gateway

Usage: sallyport <command> [options]

  dev                 Everything in one process, with the demo. Starts an embedded PostgreSQL under DATA_DIR
                      unless DATABASE_URL is set, and makes the secrets that are missing.
  serve               Production: fails when a required variable is missing.
    --roles <list>    What this process does: any of ${ROLES.join(",")}. Default: all of them.
  migrate             Brings the database at DATABASE_URL to the schema of this build. dev and serve do so, too.
  audit verify        Holds the audit trail in the database at DATABASE_URL (without it, in that of the dev that runs on
                      DATA_DIR) against its seals, and says what was changed, removed, inserted or moved, and where.
                      Ends with 3 if anything was.
    --organization <slug or id>   Of one organization. Default: all of them, and what belongs to none.
    --anchors <file>  Compares with the roots that were kept outside (JSON lines).
    --json            Prints one JSON object for each trail.
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
    throw new UsageError("Give a command: dev, serve, migrate, audit verify or new-key.");
  }
  if (name === "audit") {
    return parseAudit(rest, values);
  }
  if (values.organization !== undefined || values.anchors !== undefined || values.json !== undefined) {
    throw new UsageError("--organization, --anchors and --json go with audit verify only.");
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
  throw new UsageError(`There is no command "${name}": give dev, serve, migrate, audit verify or new-key.`);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: "boolean", short: "h" },
        roles: { type: "string" },
        organization: { type: "string" },
        anchors: { type: "string" },
        json: { type: "boolean" },
      },
    });
  } catch (cause) {
    // parseArgs names the option that it does not know, or that lacks its value.
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function parseAudit(rest: readonly string[], values: ReturnType<typeof parse>["values"]): Command {
  const [what, ...more] = rest;
  if (what !== "verify" || more.length > 0) {
    throw new UsageError("Give audit verify, and nothing behind it but its options.");
  }
  if (values.roles !== undefined) {
    throw new UsageError("--roles goes with serve only.");
  }
  const { organization, anchors, json = false } = values;
  return { name: "audit verify", organization, anchors, json };
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
