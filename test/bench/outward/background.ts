import { Load } from "../measure/load.ts";
import { countOf, type StatementCount } from "../world/postgres.ts";
import type { World } from "../world/world.ts";

/** What PostgreSQL does with events while SCIM creates come as fast as they are answered. */
export interface Background {
  readonly createsPerSecond: number;
  readonly eventsPerCreate: number;
  readonly parts: readonly BackgroundPart[];
}

export interface BackgroundPart {
  readonly name: string;
  /** Microseconds of statements under way, which on full cores wait, too. */
  readonly usPerEvent: number;
  /** Of the time of all statements. */
  readonly share: number;
  readonly statementsPerEvent: number;
}

const SLUG = "outward-creates";

/** Who runs a statement, by what is in it; the first that fits. */
const PARTS: readonly (readonly [name: string, text: RegExp])[] = [
  ["seals", /audit_|o\.sequence BETWEEN/],
  ["webhooks", /webhook|outbox_consumers|outbox_read/],
  ["signals", /signal/],
  ["outbox", /outbox/],
  ["events of the worker", /^INSERT INTO events/],
];

export async function measureBackground(
  world: World,
  seconds: number,
  concurrency: number,
): Promise<Background> {
  const { scim, settle } = await world.sallyport.addDirectory(SLUG);
  let made = 0;
  const load = new Load({ concurrency, seconds });
  const { database } = world.sallyport;
  const events = async () => countOf(await world.postgres.query("select count(*) as count from events"));
  const before = await events();
  const start = performance.now();
  const counts =
    (await database?.countStatements(async () => {
      await load.forSeconds(async () => {
        await scim.createUser(`user-${made++}@${SLUG}.bench.test`);
      });
      await settle();
    })) ?? [];
  const creates = load.record().latencies.length;
  const recorded = (await events()) - before;
  const all = sum(counts, ({ milliseconds }) => milliseconds);
  return {
    createsPerSecond: (creates * 1_000) / (performance.now() - start),
    eventsPerCreate: recorded / creates,
    parts: PARTS.map(([name]) => {
      const own = counts.filter(({ statement }) => partOf(statement) === name);
      const milliseconds = sum(own, (each) => each.milliseconds);
      return {
        name,
        usPerEvent: (milliseconds * 1_000) / recorded,
        share: milliseconds / all,
        statementsPerEvent: sum(own, ({ calls }) => calls) / recorded,
      };
    }),
  };
}

const partOf = (statement: string) => PARTS.find(([, text]) => text.test(statement))?.[0];

const sum = (counts: readonly StatementCount[], of: (count: StatementCount) => number) =>
  counts.reduce((total, each) => total + of(each), 0);
