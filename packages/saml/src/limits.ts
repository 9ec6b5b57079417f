import type { SamlLimits } from "./types.ts";

/** Far above what the IdPs send (a login with 150 groups is about 40 KB), far below what hurts. */
export const DEFAULT_LIMITS: SamlLimits = {
  maxBytes: 256 * 1024,
  maxDepth: 64,
  maxNodes: 5_000,
  maxInflation: 10,
};

export const DEFAULT_CLOCK_SKEW_MS = 120_000;

export function withDefaults(limits: Partial<SamlLimits> = {}): SamlLimits {
  return { ...DEFAULT_LIMITS, ...limits };
}
