import type { StateKind } from "../../../components/state-dot.tsx";
import type { Connection } from "./connection.ts";
import type { ConnectionsTexts } from "./texts.ts";

export interface Problem {
  readonly kind: Extract<StateKind, "bad" | "warning">;
  readonly text: string;
}

/** When the last of the identity provider's certificates ends; null: it has none (OpenID Connect). */
export function lastCertificate({ saml }: Connection) {
  const byEnd = saml?.certificates.toSorted((a, b) => b.notAfter.localeCompare(a.notAfter));
  return byEnd?.[0] ?? null;
}

/** What an administrator should look at, the worst first. */
export function problemsOf(connection: Connection, texts: ConnectionsTexts["problems"]): readonly Problem[] {
  const problems: Problem[] = [];
  const last = lastCertificate(connection);
  if (last?.expired === true) {
    problems.push({ kind: "bad", text: texts.certificateExpired });
  } else if (last?.expiring === true) {
    problems.push({ kind: "warning", text: texts.certificateEnds(last.expiresInDays) });
  }
  const { metadata } = connection.saml ?? {};
  if (metadata?.heldBack !== undefined) {
    problems.push({ kind: "warning", text: texts.heldBack });
  } else if (metadata?.problem !== undefined) {
    problems.push({ kind: "warning", text: texts.metadata });
  }
  return problems;
}
