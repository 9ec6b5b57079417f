import type { BenchOptions } from "../command-line.ts";
import type { World } from "../world/world.ts";
import { type Background, measureBackground } from "./background.ts";
import { type Cost, measureCosts } from "./costs.ts";
import { measurePipeline, type Pipeline } from "./pipeline.ts";
import { measureStages, type Stage } from "./stages.ts";
import { measureWebhooks, type Webhooks } from "./webhooks.ts";

export interface Outward {
  readonly stages: readonly Stage[];
  readonly pipeline: Pipeline;
  readonly costs: readonly Cost[];
  readonly background: Background;
  readonly webhooks: Webhooks;
}

const WHOLE = { tens: 2, pipelineSeconds: 20, webhooks: { organizations: 100, seconds: 20, backlog: 2_000 } };
const TENTH = { tens: 1, pipelineSeconds: 4, webhooks: { organizations: 10, seconds: 4, backlog: 200 } };
/** The trail is sealed each ten. */
const BACKGROUND_SECONDS = 12;

/** Measures events on their way out, and what that costs those who cause them. */
export async function measureOutward(
  world: World,
  options: BenchOptions,
  progress: (text: string) => void,
): Promise<Outward> {
  const size = options.small ? TENTH : WHOLE;
  const costs = await measureCosts(world, options, progress);
  progress("Events, stage by stage");
  const stages = await measureStages(world, size.tens);
  progress("PostgreSQL during SCIM creates");
  const background = await measureBackground(world, BACKGROUND_SECONDS, options.concurrency);
  progress("Events through all stages at once");
  const pipeline = await measurePipeline(world, size.pipelineSeconds);
  progress("Webhooks");
  const webhooks = await measureWebhooks(world, size.webhooks);
  return { stages, pipeline, costs, background, webhooks };
}
