import type { ChangeTexts } from "./change-texts.ts";
import type { Connection } from "./connection.ts";

export interface Difference {
  readonly label: string;
  readonly now: string;
  readonly waiting: string;
}

/** What other settings would change of those that a connection has, in the words of its page. */
export function differencesOf(
  now: Connection,
  then: Connection,
  texts: ChangeTexts["fields"],
): readonly Difference[] {
  const [before, after] = [facts(now, texts), facts(then, texts)];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((label) => {
    const [one, other] = [before[label] ?? "–", after[label] ?? "–"];
    return one === other ? [] : [{ label, now: one, waiting: other }];
  });
}

function facts(
  { provider, saml, oidc }: Connection,
  texts: ChangeTexts["fields"],
): Readonly<Record<string, string>> {
  if (saml !== undefined) {
    return {
      [texts.provider]: provider,
      [texts.metadataUrl]: saml.metadataUrl ?? "–",
      [texts.idpEntityId]: saml.idpEntityId,
      [texts.ssoUrl]: saml.ssoUrl,
      [texts.logoutUrl]: saml.sloUrl ?? "–",
      [texts.certificates]: saml.certificates
        .map(({ subject, fingerprint }) => `${subject} (${fingerprint.slice(0, 12)}…)`)
        .join(", "),
      [texts.signRequests]: shown(saml.signRequests, texts),
      [texts.forceAuthn]: shown(saml.forceAuthn, texts),
      [texts.holdMetadataChanges]: shown(saml.holdMetadataChanges, texts),
      [texts.allowSha1]: shown(saml.allowSha1, texts),
      [texts.authnContext]: saml.authnContext?.join(" ") || "–",
      [texts.groupsDelimiter]: saml.groupsDelimiter ?? "–",
    };
  }
  return {
    [texts.provider]: provider,
    [texts.issuer]: oidc?.issuer ?? "–",
    [texts.clientId]: oidc?.clientId ?? "–",
    [texts.scopes]: oidc?.scopes.join(" ") ?? "–",
    [texts.groupsClaim]: oidc?.groupsClaim ?? "–",
    [texts.groupsDelimiter]: oidc?.groupsDelimiter ?? "–",
    [texts.clientAuthentication]: oidc?.clientAuthentication ?? "–",
    [texts.pushAuthorizationRequests]: shown(oidc?.pushAuthorizationRequests, texts),
    [texts.logoutAtIdp]: shown(oidc?.logoutAtIdp, texts),
  };
}

function shown(choice: boolean | undefined, { yes, no }: ChangeTexts["fields"]): string {
  return choice === undefined ? "–" : choice ? yes : no;
}
