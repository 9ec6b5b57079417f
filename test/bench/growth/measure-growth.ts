import { type MeasureOptions, measureScenario, type ScenarioResult } from "../measure/measure-scenario.ts";
import type { Workload } from "../scenario.ts";
import type { World } from "../world/world.ts";
import { directoryGrowth } from "./directory-growth.ts";
import { samlGrowth } from "./saml-growth.ts";

/** Something that the gateway has more and more of. */
export interface Growing {
  /** In the plural. */
  readonly of: string;
  readonly sizes: readonly number[];
  /** Makes there be so many. */
  growTo(size: number): Promise<void>;
  /** What is measured at each size, by what it is called in the singular. */
  workloads(size: number): Readonly<Record<string, () => Workload>>;
}

/** One workload over all sizes, smallest first. */
export interface GrowthResult {
  readonly of: string;
  readonly unit: string;
  readonly at: readonly { readonly size: number; readonly result: ScenarioResult }[];
}

/** Measures the same work on ever larger tables. */
export async function measureGrowth(
  world: World,
  options: MeasureOptions,
  progress: (text: string) => void,
): Promise<GrowthResult[]> {
  const results: GrowthResult[] = [];
  for (const start of [directoryGrowth, samlGrowth]) {
    const growing = await start(world);
    const found = new Map<string, { size: number; result: ScenarioResult }[]>();
    for (const size of growing.sizes) {
      progress(`${count(size)} ${growing.of}: filling`);
      await growing.growTo(size);
      for (const [unit, workload] of Object.entries(growing.workloads(size))) {
        const title = `${unit}, ${count(size)} ${growing.of}`;
        const scenario = { name: `growth-${unit}-${size}`, title, unit, prepare: async () => workload() };
        const result = await measureScenario(world, scenario, { ...options, peers: false }, progress);
        found.set(unit, [...(found.get(unit) ?? []), { size, result }]);
      }
    }
    for (const [unit, at] of found) {
      results.push({ of: growing.of, unit, at });
    }
  }
  return results;
}

export const count = (size: number) => size.toLocaleString("en");
