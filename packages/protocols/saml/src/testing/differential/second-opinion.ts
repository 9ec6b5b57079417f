import { SAML, ValidateInResponseTo } from "@node-saml/node-saml";
import type { SamlAssertion, ValidateResponseInput } from "../../types.ts";

/** What two validators have to agree on. */
export interface Identity {
  readonly issuer: string;
  readonly nameId: string;
  readonly sessionIndex: string;
  /** By name; of attributes that share a name, the last, as node-saml keeps them. Blank values as "". */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

/**
 * node-saml's reading of the same response under the same expectations, or why it refused. It reads the real
 * clock; `ignoreTime` turns its time checks off for fixtures of another day.
 */
export async function secondOpinion(
  input: ValidateResponseInput,
  ignoreTime: boolean,
): Promise<{ readonly identity: Identity } | { readonly refusal: string }> {
  const { expected } = input;
  const [decryptionPvk] = input.decryptionKeys ?? [];
  const saml = new SAML({
    idpCert: [...input.certificates],
    idpIssuer: expected.idpEntityId,
    issuer: expected.audience,
    audience: expected.audience,
    callbackUrl: expected.acsUrl,
    wantAssertionsSigned: false,
    wantAuthnResponseSigned: false,
    acceptedClockSkewMs: ignoreTime ? -1 : (input.clockSkewMs ?? 120_000),
    validateInResponseTo: ValidateInResponseTo.always,
    cacheProvider: {
      getAsync: async (key) => (key === expected.inResponseTo ? new Date().toISOString() : null),
      saveAsync: async () => null,
      removeAsync: async () => null,
    },
    ...(typeof decryptionPvk === "string" ? { decryptionPvk } : {}),
  });
  try {
    const { profile } = await saml.validatePostResponseAsync({ SAMLResponse: input.response });
    if (profile === null) {
      return { refusal: "no profile" };
    }
    const attributes = profile.attributes;
    return {
      identity: {
        issuer: profile.issuer,
        // Absent where there is none, whatever its type says.
        nameId: profile.nameID || "",
        sessionIndex: profile.sessionIndex ?? "",
        attributes: Object.fromEntries(
          Object.entries(typeof attributes === "object" && attributes !== null ? attributes : {}).map(
            ([name, value]) => [name, [value].flat().map(textOf)],
          ),
        ),
      },
    };
  } catch (error) {
    return { refusal: error instanceof Error ? error.message : String(error) };
  }
}

/** An attribute value of xml2js: text, nothing, or a tree (the NameID of eduPersonTargetedID). */
function textOf(value: unknown): string {
  if (typeof value === "string") {
    return blankAsEmpty(value);
  }
  if (typeof value !== "object" || value === null) {
    return "";
  }
  const { NameID } = value as { NameID?: readonly { _?: string }[] };
  return NameID?.[0]?._ ?? "";
}

/** Our reading in the same form. */
export function identityOf(assertion: SamlAssertion): Identity {
  const attributes: Record<string, readonly string[]> = {};
  for (const { name, values } of assertion.attributes) {
    if (values.length > 0) {
      attributes[name] = values.map(blankAsEmpty);
    }
  }
  return {
    issuer: assertion.issuer,
    nameId: assertion.subject?.nameId ?? "",
    sessionIndex: assertion.sessionIndex ?? "",
    attributes,
  };
}

/** xml2js drops text that is white space only. */
function blankAsEmpty(text: string): string {
  return text.trim() === "" ? "" : text;
}
