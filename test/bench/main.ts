import { writeFile } from "node:fs/promises";
import { BenchUsageError, parseBenchCommandLine, USAGE } from "./command-line.ts";
import { measureScenario, type ScenarioResult } from "./measure/measure-scenario.ts";
import { failuresText, resultsReport } from "./measure/report.ts";
import { SCENARIOS } from "./scenarios/index.ts";
import { describeMachine } from "./world/machine.ts";
import { openWorld } from "./world/world.ts";

const progress = (text: string) => void process.stderr.write(`${text}\n`);

/** Measures the built gateway, scenario by scenario. Resolves to the exit code: 1 when an operation failed. */
async function bench(args: readonly string[]): Promise<number> {
  const options = parseBenchCommandLine(args);
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }

  progress("Starting PostgreSQL and the gateway");
  const world = await openWorld({ cpuProfileFolder: options.cpuProfileFolder });
  const results: ScenarioResult[] = [];
  try {
    for (const scenario of SCENARIOS.filter(({ name }) => options.scenarios.has(name))) {
      results.push(await measureScenario(world, scenario, options, progress));
    }
  } finally {
    await world.close();
  }

  const machine = describeMachine();
  process.stdout.write(`\n${resultsReport(results, options, machine)}\n`);
  if (options.jsonFile !== undefined) {
    await writeFile(options.jsonFile, `${JSON.stringify({ machine, options, results }, null, 2)}\n`);
  }
  const failures = failuresText(results);
  if (failures === "") return 0;
  process.stderr.write(`\n${failures}\n`);
  return 1;
}

process.exitCode = await bench(process.argv.slice(2)).catch((error: unknown) => {
  if (!(error instanceof BenchUsageError)) throw error;
  progress(`${error.message}\n\n${USAGE}`);
  return 2;
});
