import type { Schemas } from "../../../api/client.ts";
import type { StateKind } from "../../../components/state-dot.tsx";
import type { OverviewTexts } from "./texts.ts";

/** Pushes that wait longer than this are late: the worker takes them within seconds. */
const LATE_SECONDS = 60;

export interface Finding {
  readonly kind: StateKind;
  readonly text: string;
}

/** What an administrator should look at, the worst first. `waiting` are the domains that are not verified. */
export function attention(
  overview: Schemas["OrganizationOverview"],
  waiting: readonly string[],
  texts: OverviewTexts,
): readonly Finding[] {
  const { connections, certificates, directory, openConflicts } = overview;
  const found: (Finding | false)[] = [
    ...certificates.map(({ connection, expiresInDays }) =>
      expiresInDays < 0
        ? { kind: "bad" as const, text: texts.certificateExpired(connection) }
        : { kind: "warning" as const, text: texts.certificateEnds(connection, expiresInDays) },
    ),
    directory.lagSeconds > LATE_SECONDS && { kind: "bad", text: texts.late(directory.pending) },
    openConflicts > 0 && { kind: "warning", text: texts.conflicts(openConflicts) },
    connections.disabled > 0 && { kind: "warning", text: texts.connectionsDisabled(connections.disabled) },
    directory.disabled > 0 && { kind: "warning", text: texts.directoriesDisabled(directory.disabled) },
    ...waiting.map((name) => ({ kind: "warning" as const, text: texts.domainWaiting(name) })),
  ];
  return found
    .filter((finding) => finding !== false)
    .sort((a, b) => Number(b.kind === "bad") - Number(a.kind === "bad"));
}
