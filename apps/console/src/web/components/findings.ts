import type { Schemas } from "../api/client.ts";

type Step = Schemas["LoginRecord"]["steps"][number];

/** What was found wrong with a sign-in, as its record has it. */
export interface Finding {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  readonly detail?: string;
  /** What should have come, and what came, where the two can be set side by side. */
  readonly difference?: { readonly expected: string; readonly found: string | null };
}

/** Why a sign-in failed; null: it did not. */
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
  const entries = entriesOf(detail);
  const { code, message, fix, detail: more } = entries;
  const difference = differenceIn(entries);
  return {
    code: textOf(code),
    message: textOf(message),
    fix: textOf(fix),
    ...(difference !== undefined ? { difference } : {}),
    ...(difference === undefined && typeof more === "string" && more !== "" ? { detail: more } : {}),
  };
}

/** OpenID Connect's findings have two entries for it; SAML's say it in one sentence. */
function differenceIn({ expected, found, detail }: Readonly<Record<string, unknown>>): Finding["difference"] {
  if (expected !== undefined) {
    return { expected: shown(expected), found: found === undefined || found === null ? null : shown(found) };
  }
  const said = typeof detail === "string" ? /^expected (.*?)(?:, got (.*))?$/s.exec(detail) : null;
  return said?.[1] === undefined ? undefined : { expected: said[1], found: said[2] ?? null };
}

const shown = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

function entriesOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

const textOf = (value: unknown) => (typeof value === "string" ? value : "");
