import type { Schemas } from "../api/client.ts";

type Step = Schemas["TestLogin"]["steps"][number];

/** What a test found wrong, as the login record has it. */
export interface Finding {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  readonly detail?: string;
}

/** Why a test failed; null: it did not. */
export function failureOf(steps: readonly Step[]): Finding | null {
  const failed = steps.find(({ name }) => name === "failed");
  return failed === undefined ? null : findingIn(failed.detail);
}

/** What was accepted, but should not stay. */
export function warningsOf(steps: readonly Step[]): readonly Finding[] {
  return steps.flatMap(({ detail }) => {
    const warnings = entriesOf(detail).warnings;
    return Array.isArray(warnings) ? warnings.map(findingIn) : [];
  });
}

function findingIn(detail: unknown): Finding {
  const { code, message, fix, detail: more } = entriesOf(detail);
  return {
    code: textOf(code),
    message: textOf(message),
    fix: textOf(fix),
    ...(typeof more === "string" && more !== "" ? { detail: more } : {}),
  };
}

function entriesOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

const textOf = (value: unknown) => (typeof value === "string" ? value : "");
