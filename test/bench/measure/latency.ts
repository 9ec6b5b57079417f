import { percentile } from "./statistics.ts";

/** Milliseconds. */
export interface Latency {
  readonly samples: number;
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
}

export function latencyOf(values: readonly number[] = []): Latency {
  return {
    samples: values.length,
    p50: percentile(values, 50),
    p99: percentile(values, 99),
    most: percentile(values, 100),
  };
}
