import { type ComponentType, lazy } from "react";
import type { Setup } from "../api/client.ts";
import { DomainStep } from "./domain-step.tsx";
import { FinishStep } from "./finish-step.tsx";
import type { Progress } from "./progress.ts";
import { ProviderStep } from "./provider-step.tsx";

// The larger steps are loaded when they are come to: what is on the page first should be there soon.
export const STEPS = {
  provider: ProviderStep,
  guide: lazy(async () => ({ default: (await import("./guide-step.tsx")).GuideStep })),
  connect: lazy(async () => ({ default: (await import("./connect-step.tsx")).ConnectStep })),
  test: lazy(async () => ({ default: (await import("./test-step.tsx")).TestStep })),
  domain: DomainStep,
  directory: lazy(async () => ({ default: (await import("./directory-step.tsx")).DirectoryStep })),
  groups: lazy(async () => ({ default: (await import("./groups-step.tsx")).GroupsStep })),
  finish: FinishStep,
} as const satisfies Record<string, ComponentType>;

export type StepName = keyof typeof STEPS;

/** The steps of a link, in order: those of its intents. */
export function stepsOf({ link }: Setup, { product, directoryId }: Progress): readonly StepName[] {
  const has = (intent: string) => link.intents.includes(intent);
  const connection: readonly StepName[] =
    has("sso") || has("certificate")
      ? product === undefined
        ? ["provider"]
        : ["provider", "guide", "connect", "test"]
      : [];
  return [
    ...(connection.length === 0 && has("directory") ? (["provider"] as const) : connection),
    ...(has("domain") ? (["domain"] as const) : []),
    ...(has("directory") ? (["directory"] as const) : []),
    ...(has("directory") && directoryId !== undefined ? (["groups"] as const) : []),
    "finish",
  ];
}
