import type { ComponentType } from "react";
import type { Setup } from "../api/client.ts";
import { ConnectStep } from "./connect-step.tsx";
import { DirectoryStep } from "./directory-step.tsx";
import { DomainStep } from "./domain-step.tsx";
import { FinishStep } from "./finish-step.tsx";
import { GuideStep } from "./guide-step.tsx";
import type { Progress } from "./progress.ts";
import { ProviderStep } from "./provider-step.tsx";
import { TestStep } from "./test-step.tsx";

export const STEPS = {
  provider: ProviderStep,
  guide: GuideStep,
  connect: ConnectStep,
  test: TestStep,
  domain: DomainStep,
  directory: DirectoryStep,
  finish: FinishStep,
} as const satisfies Record<string, ComponentType>;

export type StepName = keyof typeof STEPS;

/** The steps of a link, in order: those of its intents. */
export function stepsOf({ link }: Setup, { product }: Progress): readonly StepName[] {
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
    "finish",
  ];
}
