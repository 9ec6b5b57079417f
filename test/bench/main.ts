import { writeFile } from "node:fs/promises";
import { type BenchOptions, BenchUsageError, parseBenchCommandLine, USAGE } from "./command-line.ts";
import { measureDeprovisioning } from "./deprovisioning/measure-deprovisioning.ts";
import { deprovisioningReport } from "./deprovisioning/report.ts";
import { measureGrowth } from "./growth/measure-growth.ts";
import { growthReport } from "./growth/report.ts";
import { measureLimit } from "./limit/measure-limit.ts";
import { limitReport } from "./limit/report.ts";
import { measureScenario, type ScenarioResult } from "./measure/measure-scenario.ts";
import { failuresText, resultsReport } from "./measure/report.ts";
import { measureOutward } from "./outward/measure-outward.ts";
import { outwardReport } from "./outward/report.ts";
import { SCENARIOS } from "./scenarios/index.ts";
import { describeMachine } from "./world/machine.ts";
import { openWorld, type World } from "./world/world.ts";

interface Findings {
  readonly results: readonly ScenarioResult[];
  /** What was studied in place of the scenarios. */
  readonly study?: { readonly found: unknown; readonly report: string };
}

const progress = (text: string) => void process.stderr.write(`${text}\n`);

/** Measures the built gateway. Resolves to the exit code: 1 when an operation failed. */
async function bench(args: readonly string[]): Promise<number> {
  const options = parseBenchCommandLine(args);
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }

  progress("Starting PostgreSQL and the gateway");
  const world = await openWorld({ cpuProfileFolder: options.cpuProfileFolder });
  const { results, study } = await measure(world, options).finally(() => world.close());

  const machine = describeMachine();
  const reports = [study?.report, results.length > 0 && resultsReport(results, options, machine)].filter(
    Boolean,
  );
  process.stdout.write(`\n${reports.join("\n\n")}\n`);
  if (options.jsonFile !== undefined) {
    await writeFile(
      options.jsonFile,
      `${JSON.stringify({ machine, options, results, study: study?.found }, null, 2)}\n`,
    );
  }
  const failures = failuresText(results);
  if (failures === "") {
    return 0;
  }
  process.stderr.write(`\n${failures}\n`);
  return 1;
}

async function measure(world: World, options: BenchOptions): Promise<Findings> {
  if (options.growth) {
    const growth = await measureGrowth(world, options, progress);
    const results = growth.flatMap(({ at }) => at.map(({ result }) => result));
    return { results, study: { found: undefined, report: growthReport(growth) } };
  }
  if (options.limit) {
    const found = await measureLimit(world, options, progress);
    return { results: [], study: { found, report: limitReport(found) } };
  }
  if (options.deprovisioning) {
    const found = await measureDeprovisioning(world, options, progress);
    return { results: [], study: { found, report: deprovisioningReport(found) } };
  }
  if (options.outward) {
    const found = await measureOutward(world, options, progress);
    return { results: [], study: { found, report: outwardReport(found) } };
  }
  const results: ScenarioResult[] = [];
  for (const scenario of SCENARIOS.filter(({ name }) => options.scenarios.has(name))) {
    results.push(await measureScenario(world, scenario, options, progress));
  }
  return { results };
}

process.exitCode = await bench(process.argv.slice(2)).catch((error: unknown) => {
  if (!(error instanceof BenchUsageError)) {
    throw error;
  }
  progress(`${error.message}\n\n${USAGE}`);
  return 2;
});
