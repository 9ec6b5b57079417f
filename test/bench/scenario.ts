import type { Load } from "./measure/load.ts";
import type { WatchedDatabase } from "./world/postgres.ts";
import type { Subject } from "./world/subject.ts";
import type { World } from "./world/world.ts";

/** One thing that the gateway is measured at. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** What one operation is, in the singular. */
  readonly unit: string;
  /** Instead of what the command line says. */
  readonly concurrency?: number;
  /** Sets up what the operations need; not measured. */
  prepare(world: World): Promise<Workload>;
  /** Who else does it, measured in the same run, round by round in turn. */
  readonly peer?: Peer;
}

export interface Peer {
  readonly name: string;
  /** How many times as fast as the peer we mean to be, by rate and by CPU time. */
  readonly target: number;
  prepare(world: World): Promise<Workload>;
}

/** The process that a workload runs in, and the database that it works on, if any. */
export interface Measured {
  readonly pid: number;
  readonly database?: WatchedDatabase;
}

export interface Workload {
  readonly measured: Measured;
  /** Runs before the first round, not measured: code compiled, caches and connections as they are after a while. */
  warmUp(load: Load): Promise<void>;
  /** Makes ready what one round uses up; not measured. */
  stage?(load: Load): Promise<void>;
  /** One round. A workload without an end of its own runs for `load.seconds`. */
  round(load: Load): Promise<void>;
  /** A round in small, to count SQL statements in, where a whole one takes long. */
  sample?(load: Load): Promise<void>;
  /** Waits for what the operations left to be done: its CPU time belongs to them. */
  settle?(): Promise<void>;
  close?(): Promise<void>;
}

/** A scenario that Ory Polis plays as we do. */
export function besidePolis(
  scenario: Pick<Scenario, "name" | "title" | "unit" | "concurrency"> & { readonly target: number },
  prepare: (subject: Subject) => Promise<Workload>,
): Scenario {
  const { target, ...rest } = scenario;
  return {
    ...rest,
    prepare: ({ sallyport }) => prepare(sallyport),
    peer: { name: "Polis", target, prepare: async (world) => prepare(await world.polis()) },
  };
}
