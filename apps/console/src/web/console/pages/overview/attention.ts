import type { StateKind } from "../../../components/state-dot.tsx";
import type { SetUp } from "./overview-page.tsx";
import type { overviewTexts } from "./texts.ts";

/** What an administrator should look at, the worst first. */
export function attention(
  { connections, directories, domains, conflicts }: SetUp,
  texts: (typeof overviewTexts)["en"],
): readonly { readonly kind: StateKind; readonly text: string }[] {
  const found: { kind: StateKind; text: string }[] = [];
  for (const { name, status, saml } of connections) {
    const certificates = saml?.certificates ?? [];
    // As long as one of several holds, the IdP can sign by it.
    if (certificates.length > 0 && certificates.every(({ expired }) => expired)) {
      found.push({ kind: "bad", text: texts.certificateExpired(name) });
    }
    const ending = certificates.find(({ expired, expiring }) => expiring && !expired);
    if (ending !== undefined) {
      found.push({ kind: "warning", text: texts.certificateEnds(name, ending.expiresInDays) });
    }
    if (status === "disabled") {
      found.push({ kind: "warning", text: texts.connectionDisabled(name) });
    }
  }
  for (const { name, status } of directories) {
    if (status === "disabled") {
      found.push({ kind: "warning", text: texts.directoryDisabled(name) });
    }
  }
  for (const { name, verified } of domains) {
    if (!verified) {
      found.push({ kind: "warning", text: texts.domainWaiting(name) });
    }
  }
  if (conflicts !== "0") {
    found.push({ kind: "warning", text: texts.conflicts(conflicts) });
  }
  return found.sort((a, b) => Number(b.kind === "bad") - Number(a.kind === "bad"));
}
