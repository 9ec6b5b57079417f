import { textTable } from "../measure/table.ts";
import { count, type GrowthResult } from "./measure-growth.ts";

/** By how much the largest may cost more than the smallest. */
const FLAT = 1.5;

/** One table a growing thing: CPU time of Node and PostgreSQL together, and the rate, at each size. */
export function growthReport(results: readonly GrowthResult[]): string {
  const kinds = [...new Set(results.map((result) => result.of))];
  return kinds
    .map((kind) => {
      const rows = results.filter((result) => result.of === kind);
      const sizes = rows[0]?.at.map(({ size }) => count(size)) ?? [];
      return textTable(
        [`CPU ms (per s) at so many ${kind}`, ...sizes, "largest", `flat within ${FLAT}x`],
        rows.map(row),
      );
    })
    .join("\n\n");
}

function row({ unit, at }: GrowthResult): string[] {
  const medians = at.map(({ result }) => result.sallyport.median);
  const costs = medians.map(({ nodeCpuMs, databaseCpuMs }) => nodeCpuMs + databaseCpuMs);
  const growth = Math.max(...costs) / (costs[0] ?? 0);
  return [
    unit,
    ...medians.map(({ perSecond }, index) => `${(costs[index] ?? 0).toFixed(2)} (${perSecond.toFixed(0)})`),
    `${growth.toFixed(2)}x`,
    growth <= FLAT ? "yes" : "NO",
  ];
}
