import type { Load } from "./measure/load.ts";
import type { World } from "./world/world.ts";

/** One thing that the gateway is measured at. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** What one operation is, in the singular. */
  readonly unit: string;
  /** Sets up what the operations need; not measured. */
  prepare(world: World): Promise<Workload>;
}

export interface Workload {
  /** Runs before the first round, not measured: code compiled, caches and connections as they are after a while. */
  warmUp(load: Load): Promise<void>;
  /**
   * One round. A workload without an end of its own runs for `load.seconds`. Resolves to times that a round is to be
   * told by beside its operations, in seconds.
   */
  round(load: Load): Promise<Readonly<Record<string, number>>>;
  /** Waits for what the operations left the gateway to do: its CPU time belongs to them. */
  settle?(): Promise<void>;
  close?(): Promise<void>;
}
