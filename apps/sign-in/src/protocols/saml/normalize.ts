import type { SamlSettings, SubjectMatches } from "@sallyport/connections";
import { canonicalAddress, type DirectoryKey } from "@sallyport/people";
import type { SamlAssertion, SamlSubject } from "@sallyport/saml";
import { methodReferences } from "../../identity/authentication-methods.ts";
import {
  type NormalizeResult,
  type NormalizeWarning,
  unusable,
  warning,
} from "../../identity/normalized-identity.ts";
import {
  delimitedGroupsOf,
  groupsOf,
  identifierOf,
  MAX_GROUPS,
  namesOf,
  optional,
  textOf,
  withoutLeadingSlash,
} from "../../identity/values.ts";
import { type SamlPreset, samlPreset } from "./presets.ts";

const TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
/** Formats whose value may be an email address (SAML core 8.3.1, 8.3.2); 2.0 has none of these, but IdPs write it. */
const MAY_BE_EMAIL = /^urn:oasis:names:tc:SAML:(?:1\.1|2\.0):nameid-format:(?:emailAddress|unspecified)$/;

type Mapping = NonNullable<SamlSettings["attributes"]>;
type Claim = "email" | "name" | "givenName" | "familyName" | "username" | "groups";

/** What a connection says of its assertions. */
interface SamlRules {
  readonly provider: string;
  /** Its own attribute names; they come before the provider's preset. */
  readonly attributes?: Mapping | undefined;
  /** Splits groups that come as one value. Null: a value is one group; left out: as the provider's preset says. */
  readonly groupsDelimiter?: string | null | undefined;
  readonly subjectMatches?: SubjectMatches | undefined;
}

/**
 * A validated assertion in the gateway's words. Pure.
 */
export function normalizeSaml(assertion: SamlAssertion, connection: SamlRules): NormalizeResult {
  const preset = samlPreset(connection.provider);
  const mapping = connection.attributes ?? {};
  const values = attributeReader(assertion);
  const first = (claim: Claim) => textOf(values(attributeNames(claim, mapping, preset))[0]);

  const subject = subjectOf(assertion.subject, mapping.subject, preset, values);
  if (typeof subject !== "string") {
    return subject;
  }

  const warnings: NormalizeWarning[] = [];
  const emails = attributeNames("email", mapping, preset).flatMap((name) => values([name]));
  const email = readEmail(emails, assertion.subject, warnings);
  const overage = (preset.groupsOverage ?? []).some((name) => values([name]).length > 0);
  if (overage) {
    warnings.push(warning("groups_overage"));
  }
  const named = readGroups(assertion, attributeNames("groups", mapping, preset), connection, preset);
  const groups = preset.groupPaths === true ? withoutLeadingSlash(named) : named;
  const cut = groups.length >= MAX_GROUPS;
  if (cut) {
    warnings.push(warning("groups_cut"));
  }
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
      groups,
      groupsComplete: !overage && !cut && isTold(assertion, attributeNames("groups", mapping, preset)),
      ...optional("directoryKey", directoryKeyOf(subject, connection, values(preset.directoryId ?? [])[0])),
      amr: methodReferences([assertion.authnContextClassRef, ...values(preset.methods ?? [])]),
      ...optional("acr", acr),
      authTime: assertion.authnInstant,
      ...optional("sessionEnd", assertion.sessionNotOnOrAfter),
      ...optional("idpSession", idpSessionOf(assertion)),
      warnings,
    },
  };
}

/** What single logout names the person by; nothing where the IdP gave no NameID. */
function idpSessionOf({ subject, sessionIndex }: SamlAssertion) {
  if (subject === undefined) {
    return undefined;
  }
  return {
    nameId: subject.nameId,
    format: subject.format,
    ...optional("nameQualifier", subject.nameQualifier),
    ...optional("spNameQualifier", subject.spNameQualifier),
    ...optional("sessionIndex", sessionIndex),
  };
}

/**
 * The groups in the first attribute that has any. One value may be a list of them, where the connection or the preset says
 * so; of several values, even if all but one are empty, each is one group.
 */
function readGroups(
  assertion: SamlAssertion,
  names: readonly string[],
  { groupsDelimiter }: SamlRules,
  { groupList }: SamlPreset,
): string[] {
  for (const name of names) {
    const all = valuesOf(assertion, name);
    const groups = groupsOf(all);
    if (groups.length === 0) {
      continue;
    }
    const preset =
      groupList !== undefined && isSameName(groupList.attribute, name) ? groupList.delimiter : null;
    const delimiter = groupsDelimiter === undefined ? preset : groupsDelimiter;
    const [only, ...more] = all;
    return only !== undefined && more.length === 0 && delimiter !== null
      ? delimitedGroupsOf(only, delimiter)
      : groups;
  }
  return [];
}

/** Whether the IdP speaks of groups at all, if only to say that there are none. */
function isTold({ attributes }: SamlAssertion, names: readonly string[]): boolean {
  return attributes.some((attribute) => names.some((name) => isSameName(attribute.name, name)));
}

/** By which attribute of its directory's users the IdP says who it is: as the connection says, or else the product. */
function directoryKeyOf(
  subject: string,
  { subjectMatches }: SamlRules,
  directoryId: string | undefined,
): DirectoryKey | undefined {
  if (subjectMatches === undefined) {
    const value = identifierOf(directoryId);
    return value === null ? undefined : { attribute: "externalId", value };
  }
  return subjectMatches === "nothing" ? undefined : { attribute: subjectMatches, value: subject };
}

function valuesOf({ attributes }: SamlAssertion, name: string): readonly string[] {
  return attributes.filter((attribute) => isSameName(attribute.name, name)).flatMap(({ values }) => values);
}

const isSameName = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

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
      if (found !== undefined && found.length > 0) {
        return found;
      }
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
  nameId: SamlSubject | undefined,
  mapped: string | undefined,
  preset: SamlPreset,
  values: AttributeReader,
): string | NormalizeResult {
  if (mapped === undefined && nameId?.format !== TRANSIENT) {
    return identifierOf(nameId?.nameId) ?? unusable("subject_unusable");
  }
  if (mapped === undefined && preset.subject === undefined) {
    return unusable("subject_transient");
  }
  const [only, ...more] = values(mapped === undefined ? (preset.subject ?? []) : [mapped]);
  if (only === undefined || more.length > 0) {
    return unusable(mapped === undefined ? "subject_transient" : "subject_attribute_missing");
  }
  return identifierOf(only) ?? unusable("subject_unusable");
}

/** The first attribute that holds an address; else the NameID, also where an attribute has "-" for somebody without. */
function readEmail(
  asserted: readonly string[],
  nameId: SamlSubject | undefined,
  warnings: NormalizeWarning[],
): string | undefined {
  const named = nameId !== undefined && MAY_BE_EMAIL.test(nameId.format) ? [nameId.nameId] : [];
  for (const value of [...asserted.map((each) => textOf(each) ?? ""), ...named]) {
    const email = canonicalAddress(value);
    if (email !== null) {
      return email;
    }
  }
  warnings.push(warning(asserted.length > 0 ? "email_malformed" : "email_missing"));
  return undefined;
}
