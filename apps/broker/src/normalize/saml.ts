import type { SamlSettings } from "@sallyport/connections";
import type { SamlAssertion, SamlSubject } from "@sallyport/saml";
import { methodReferences } from "./authentication-methods.ts";
import { emailOf } from "./email.ts";
import { type NormalizeResult, type NormalizeWarning, unusable, warning } from "./identity.ts";
import { type SamlPreset, samlPreset } from "./saml-presets.ts";
import { groupsOf, identifierOf, namesOf, optional, textOf } from "./values.ts";

const TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
/** Formats whose value may be an email address (SAML core 8.3.1, 8.3.2). */
const MAY_BE_EMAIL = [
  "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
  "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
];

type Mapping = NonNullable<SamlSettings["attributes"]>;
type Claim = "email" | "name" | "givenName" | "familyName" | "username" | "groups";

/**
 * A validated assertion in the gateway's words. Pure. `mapping` are the connection's own attribute names; they come
 * before the provider's preset.
 */
export function normalizeSaml(
  assertion: SamlAssertion,
  connection: { readonly provider: string; readonly attributes?: Mapping | undefined },
): NormalizeResult {
  const preset = samlPreset(connection.provider);
  const mapping = connection.attributes ?? {};
  const values = attributeReader(assertion);
  const first = (claim: Claim) => textOf(values(attributeNames(claim, mapping, preset))[0]);

  const subject = subjectOf(assertion.subject, mapping.subject, preset, values);
  if (typeof subject !== "string") return subject;

  const warnings: NormalizeWarning[] = [];
  const email = readEmail(first("email"), assertion.subject, warnings);
  const overage = (preset.groupsOverage ?? []).some((name) => values([name]).length > 0);
  if (overage) warnings.push(warning("groups_overage"));
  const acr = textOf(assertion.authnContextClassRef);

  return {
    ok: true,
    identity: {
      issuer: assertion.issuer,
      subject,
      ...optional("email", email),
      emailVerified: null,
      ...namesOf(first("name"), first("givenName"), first("familyName")),
      ...optional("username", first("username")),
      groups: groupsOf(values(attributeNames("groups", mapping, preset)), preset.groupDelimiter),
      groupsComplete: !overage,
      amr: methodReferences([assertion.authnContextClassRef, ...values(preset.methods ?? [])]),
      ...optional("acr", acr),
      authTime: assertion.authnInstant,
      ...optional("sessionEnd", assertion.sessionNotOnOrAfter),
      idpSession: {
        nameId: assertion.subject.nameId,
        format: assertion.subject.format,
        ...optional("nameQualifier", assertion.subject.nameQualifier),
        ...optional("spNameQualifier", assertion.subject.spNameQualifier),
        ...optional("sessionIndex", assertion.sessionIndex),
      },
      warnings,
    },
  };
}

type AttributeReader = (names: readonly string[]) => readonly string[];

/** Reads the values of the first of `names` that has a value. The Name identifies, never the FriendlyName (core 2.7.3.1). */
function attributeReader(assertion: SamlAssertion): AttributeReader {
  const byName = new Map<string, string[]>();
  for (const { name, values } of assertion.attributes) {
    const key = name.toLowerCase();
    byName.set(key, [...(byName.get(key) ?? []), ...values]);
  }
  return (names) => {
    for (const name of names) {
      const found = byName.get(name.toLowerCase())?.filter((value) => value.trim() !== "");
      if (found !== undefined && found.length > 0) return found;
    }
    return [];
  };
}

function attributeNames(claim: Claim, mapping: Mapping, preset: SamlPreset): readonly string[] {
  const own = mapping[claim];
  return own === undefined ? preset[claim] : [own, ...preset[claim]];
}

/**
 * The identity's key: the attribute that the connection names, or else the NameID. A transient NameID is none: with
 * it each login would make a new user.
 */
function subjectOf(
  nameId: SamlSubject,
  mapped: string | undefined,
  preset: SamlPreset,
  values: AttributeReader,
): string | NormalizeResult {
  if (mapped === undefined && nameId.format !== TRANSIENT) {
    return identifierOf(nameId.nameId) ?? unusable("subject_unusable");
  }
  if (mapped === undefined && preset.subject === undefined) return unusable("subject_transient");
  const [only, ...more] = values(mapped === undefined ? (preset.subject ?? []) : [mapped]);
  if (only === undefined || more.length > 0) {
    return unusable(mapped === undefined ? "subject_transient" : "subject_attribute_missing");
  }
  return identifierOf(only) ?? unusable("subject_unusable");
}

function readEmail(
  asserted: string | undefined,
  nameId: SamlSubject,
  warnings: NormalizeWarning[],
): string | undefined {
  if (asserted !== undefined) {
    const email = emailOf(asserted);
    if (email !== null) return email;
    warnings.push(warning("email_malformed"));
    return undefined;
  }
  const email = MAY_BE_EMAIL.includes(nameId.format) ? emailOf(nameId.nameId) : null;
  if (email === null) warnings.push(warning("email_missing"));
  return email ?? undefined;
}
