import { defined } from "@sallyport/defined";
/** One step of a sign-in (or of a single logout that was refused), as its record tells it. */
export interface LoginStep {
  readonly name: LoginStepName;
  /** ISO 8601. */
  readonly at: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

export type LoginStepName =
  | "unsolicited_response"
  | "started"
  | "redirected"
  | "response_received"
  | "validated"
  | "normalized"
  | "step_asked"
  | "step_passed"
  | "signed_in"
  | "tested"
  | "logout_requested"
  | "logout_answered"
  | "failed";

/** Collects the steps of one attempt as it goes. */
export interface LoginTrace {
  readonly steps: readonly LoginStep[];
  add(name: LoginStepName, detail?: Readonly<Record<string, unknown>>): void;
}

/** An empty trace. */
export function createLoginTrace(now: () => Date): LoginTrace {
  const steps: LoginStep[] = [];
  return {
    steps,
    add(name, detail) {
      steps.push({ name, at: now().toISOString(), ...defined({ detail }) });
    },
  };
}
