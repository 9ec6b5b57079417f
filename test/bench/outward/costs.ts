import type { BenchOptions } from "../command-line.ts";
import { alone, type MeasureOptions, openSide, type Side } from "../measure/measure-scenario.ts";
import type { RoundResult } from "../measure/round.ts";
import { median } from "../measure/statistics.ts";
import type { Scenario } from "../scenario.ts";
import { oidcLogin } from "../scenarios/oidc-login.ts";
import { samlLogin } from "../scenarios/saml-login.ts";
import { scimActive } from "../scenarios/scim-active.ts";
import { scimCreate } from "../scenarios/scim-create.ts";
import { scimMember } from "../scenarios/scim-member.ts";
import type { Without } from "../world/gateway.ts";
import { openWorld, type World } from "../world/world.ts";

/** What a part of the gateway adds to an operation. */
export interface Cost {
  readonly title: string;
  readonly part: Without;
  /** CPU time of Node and PostgreSQL together, for one operation and what it sets off. Milliseconds. */
  readonly withMs: number;
  readonly withoutMs: number;
  /** Of the CPU time without it, round by round beside each other: the median, the least and the most. */
  readonly share: { readonly median: number; readonly least: number; readonly most: number };
  readonly failures: readonly string[];
}

/** So many operations a round: CPU times are counted by 10 ms. */
const SCENARIOS: readonly { readonly scenario: Scenario; readonly operations: number }[] = [
  { scenario: scimCreate, operations: 2_000 },
  { scenario: scimMember, operations: 2_000 },
  { scenario: scimActive, operations: 2_000 },
  { scenario: samlLogin, operations: 200 },
  { scenario: oidcLogin, operations: 200 },
];
const LONGEST_ROUND_SECONDS = 120;
const PARTS: readonly Without[] = ["outbox", "events"];

// As an event was recorded before there was an outbox: a row for the audit trail, and no more.
const WITHOUT_OUTBOX = [
  "drop index events_transaction_idx",
  "alter table events alter serial set default 0, alter transaction set default '3'",
];

/**
 * Each scenario on three gateways by turns: a whole one, one that has no outbox, and one that writes no events at all.
 * Each has its own PostgreSQL, so that the CPU time of each is its own.
 */
export async function measureCosts(
  world: World,
  { rounds, small, concurrency }: BenchOptions,
  progress: (text: string) => void,
): Promise<Cost[]> {
  const worlds: World[] = [world];
  try {
    for (const without of PARTS) {
      progress(`Starting PostgreSQL and the gateway without ${without}`);
      worlds.push(await openWorld({ cpuProfileFolder: undefined, without }));
    }
    for (const statement of WITHOUT_OUTBOX) {
      await worlds[1]?.postgres.query(statement);
    }
    const found: Cost[] = [];
    for (const { scenario, operations } of SCENARIOS) {
      const rules = {
        ...{ concurrency, seconds: LONGEST_ROUND_SECONDS, peers: false },
        rounds: small ? 1 : rounds,
        operations: small ? operations / 10 : operations,
      };
      found.push(...(await costsOf(scenario, worlds, rules, progress)));
    }
    return found;
  } finally {
    for (const other of worlds.slice(1)) {
      await other.close();
    }
  }
}

async function costsOf(
  scenario: Scenario,
  worlds: readonly World[],
  options: MeasureOptions,
  progress: (text: string) => void,
): Promise<Cost[]> {
  const names = ["whole", ...PARTS.map((part) => `without ${part}`)];
  const sides: Side[] = [];
  try {
    for (const [index, world] of worlds.entries()) {
      const told = (text: string) => progress(`${scenario.title}, ${names[index]}: ${text}`);
      sides.push(await openSide(() => scenario.prepare(world), options, told));
    }
    const rounds: RoundResult[][] = sides.map(() => []);
    // The first is not counted: plans are made anew once there is something in the tables.
    for (let number = 0; number <= options.rounds; number++) {
      // Forwards and backwards by turns, so that a drift is nobody's.
      const order = [...sides.entries()];
      for (const [index, side] of number % 2 === 0 ? order : order.toReversed()) {
        const round = await alone(
          side,
          sides.filter((other) => other !== side),
        );
        if (number > 0) {
          rounds[index]?.push(round);
        }
      }
    }
    const results = [];
    for (const side of sides) {
      results.push(await side.result());
    }
    const [whole = [], ...withouts] = rounds.map((all) => all.map(cpuMs));
    const failures = results.flatMap((result) => result.failures);
    return withouts.map((without, index) => {
      const shares = without.map((ms, number) => (whole[number] ?? 0) / ms - 1);
      return {
        title: scenario.title,
        part: PARTS[index] ?? "events",
        withMs: median(whole),
        withoutMs: median(without),
        share: { median: median(shares), least: Math.min(...shares), most: Math.max(...shares) },
        failures,
      };
    });
  } finally {
    for (const side of sides) {
      await side.close();
    }
  }
}

const cpuMs = ({ nodeCpuMs, databaseCpuMs }: RoundResult) => nodeCpuMs + databaseCpuMs;
