// npm run demo:push -- okta | entra [--deactivate <email>]
import { parseArgs } from "node:util";
import { ACME, BRAVO, type Company } from "../companies.ts";
import { readDemoState } from "../state.ts";
import { entra } from "./entra.ts";
import type { PushClient } from "./exchange.ts";
import { okta } from "./okta.ts";
import { type PushPlan, push } from "./push.ts";
import { say } from "./terminal.ts";

const USAGE = `Usage: npm run demo:push -- okta|entra [--deactivate <email>]

Pushes users, groups, members and a deactivation into the running demo, as that product does.
  okta    Acme's directory     entra   Bravo's directory
  --deactivate <email>         only deactivate that person: see the demo app sign them out`;

const CLIENTS: Readonly<Record<string, readonly [Company, PushClient]>> = {
  okta: [ACME, okta],
  entra: [BRAVO, entra],
};

/** Returns the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  let parsed: { values: { deactivate?: string | undefined }; positionals: string[] };
  try {
    parsed = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { deactivate: { type: "string" } },
    });
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
  const [name = "", ...rest] = parsed.positionals;
  const chosen = Object.hasOwn(CLIENTS, name) && rest.length === 0 ? CLIENTS[name] : undefined;
  if (chosen === undefined) {
    say(USAGE);
    return 2;
  }
  const [company, client] = chosen;
  const dataDir = process.env.DATA_DIR ?? ".data";
  const state = await readDemoState(dataDir);
  if (state === null) {
    say(`There is no demo under ${dataDir}. Run npm start in another terminal first.`);
    return 1;
  }
  const { deactivate } = parsed.values;
  const plan: PushPlan =
    deactivate === undefined ? { kind: "all" } : { kind: "deactivate", email: deactivate };
  try {
    await push(state, company, client, plan);
    say(`\n${whatNext(name, company, plan)}`);
    return 0;
  } catch (error) {
    say(`\n${explain(error, state.gatewayUrl)}`);
    return 1;
  }
}

function whatNext(name: string, company: Company, plan: PushPlan): string {
  if (plan.kind === "deactivate") {
    return `Push everything again to bring them back:\n  npm run demo:push -- ${name}`;
  }
  const [{ email }] = company.people;
  return `Sign in at the demo app as ${email} to see the roles in the token. Then end that session with
  npm run demo:push -- ${name} --deactivate ${email}`;
}

function explain(error: unknown, gatewayUrl: string): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const unreachable = error instanceof TypeError && error.message === "fetch failed";
  return unreachable ? `The gateway does not answer at ${gatewayUrl}. Is npm start running?` : error.message;
}

process.exitCode = await main(process.argv.slice(2));
