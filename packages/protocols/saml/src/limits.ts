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

/** Metadata describes more than a login does: Entra's is 70 KB, a small federation's some hundred. */
export const DEFAULT_METADATA_LIMITS: SamlLimits = {
  ...DEFAULT_LIMITS,
  maxBytes: 2 * 1024 * 1024,
  maxNodes: 50_000,
};
