import { type LinkProps, linkOptions } from "@tanstack/react-router";
import type { Schemas } from "../../../api/client.ts";
import type { StateKind } from "../../../components/state-dot.tsx";
import type { OverviewTexts } from "./texts.ts";

/** Pushes that wait longer than this are late: the worker takes them within seconds. */
export const LATE_SECONDS = 60;

export interface Finding {
  readonly kind: StateKind;
  readonly text: string;
  /** Where something is done about it. */
  readonly link: LinkProps;
}

/** What an administrator should look at, the worst first. `waiting` are the domains that are not verified. */
export function attention(
  org: string,
  overview: Schemas["OrganizationOverview"],
  waiting: readonly string[],
  texts: OverviewTexts,
): readonly Finding[] {
  const { connections, certificates, directory, openConflicts, limitedGroups, heldChanges } = overview;
  const params = { org };
  const connectionsLink = linkOptions({ to: "/organizations/$org/connections", params });
  const directoriesLink = linkOptions({ to: "/organizations/$org/directories", params });
  const found: (Finding | false)[] = [
    ...connections.failing.map(({ connectionId, connection, failures }) => ({
      kind: "bad" as const,
      text: texts.failing(connection, failures),
      link: linkOptions({
        to: "/organizations/$org/connections/$connectionId/logins",
        params: { org, connectionId },
        search: { outcome: "failure" },
      }),
    })),
    ...certificates.map(({ connectionId, connection, of, expiresInDays }) => ({
      kind: expiresInDays < 0 ? ("bad" as const) : ("warning" as const),
      text:
        expiresInDays < 0
          ? texts.certificateExpired(connection)
          : texts.certificateEnds(connection, expiresInDays),
      link:
        of === "gateway"
          ? linkOptions({
              to: "/organizations/$org/connections/$connectionId/keys",
              params: { org, connectionId },
            })
          : linkOptions({
              to: "/organizations/$org/connections/$connectionId",
              params: { org, connectionId },
            }),
    })),
    directory.lagSeconds > LATE_SECONDS && {
      kind: "bad",
      text: texts.late(directory.pending),
      link: directoriesLink,
    },
    heldChanges > 0 && {
      kind: "warning",
      text: texts.heldChanges(heldChanges),
      link: linkOptions({ to: "/organizations/$org/roles/held-changes", params }),
    },
    ...directory.inReview.map(({ directoryId, directory: name }) => ({
      kind: "warning" as const,
      text: texts.inReview(name),
      link: linkOptions({
        to: "/organizations/$org/directories/$directoryId/adoption",
        params: { org, directoryId },
      }),
    })),
    openConflicts > 0 && {
      kind: "warning",
      text: texts.conflicts(openConflicts),
      link: linkOptions({ to: "/organizations/$org/directories/conflicts", params }),
    },
    limitedGroups > 0 && {
      kind: "warning",
      text: texts.groupsLimited(limitedGroups),
      link: linkOptions({
        to: "/organizations/$org/audit",
        params,
        search: { type: "directory_group.nesting_limited" },
      }),
    },
    connections.disabled > 0 && {
      kind: "warning",
      text: texts.connectionsDisabled(connections.disabled),
      link: connectionsLink,
    },
    directory.disabled > 0 && {
      kind: "warning",
      text: texts.directoriesDisabled(directory.disabled),
      link: directoriesLink,
    },
    ...waiting.map((name) => ({
      kind: "warning" as const,
      text: texts.domainWaiting(name),
      link: linkOptions({ to: "/organizations/$org/settings/domains", params }),
    })),
  ];
  return found
    .filter((finding) => finding !== false)
    .sort((a, b) => Number(b.kind === "bad") - Number(a.kind === "bad"));
}
