import type { ConnectionProvider } from "@sallyport/connections";

/** Attribute names that carry a claim, best first. Names are compared without regard to case. */
export interface SamlPreset {
  /** What identifies the person where the NameID is transient. */
  readonly subject?: readonly string[];
  /** What is the externalId of the person in the product's own directory pushes. */
  readonly directoryId?: readonly string[];
  readonly email: readonly string[];
  readonly name: readonly string[];
  readonly givenName: readonly string[];
  readonly familyName: readonly string[];
  readonly username: readonly string[];
  readonly groups: readonly string[];
  /**
   * The attribute whose single value is documented to be a list of groups, and what stands between them. In any other a
   * value is one group: whoever may name a group must not name two.
   */
  readonly groupList?: { readonly attribute: string; readonly delimiter: string };
  /** Groups come as paths, which mappings may name with the slash in front or without. */
  readonly groupPaths?: true;
  /** Attributes that stand in place of the groups when there are too many. */
  readonly groupsOverage?: readonly string[];
  /** How the person authenticated, beside the AuthnContext. */
  readonly methods?: readonly string[];
}

const XMLSOAP = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims";
const MICROSOFT = "http://schemas.microsoft.com";
const oid = (number: string) => `urn:oid:${number}`;

// Basic profile names that administrators give by hand, in the spellings that vendors' guides use.
const GENERIC: SamlPreset = {
  email: ["email", "mail", "emailAddress", `${XMLSOAP}/emailaddress`, oid("0.9.2342.19200300.100.1.3")],
  name: ["displayName", "name", "fullName", "cn", oid("2.16.840.1.113730.3.1.241"), oid("2.5.4.3")],
  givenName: ["firstName", "givenName", "first_name", "given_name", `${XMLSOAP}/givenname`, oid("2.5.4.42")],
  familyName: ["lastName", "surname", "sn", "last_name", "family_name", `${XMLSOAP}/surname`, oid("2.5.4.4")],
  username: ["username", "login", "uid", "userName", "preferred_username", oid("0.9.2342.19200300.100.1.1")],
  groups: ["groups", "group", "memberOf"],
};

/** What each product sends by default; the names of `generic` are tried behind its own. */
const OWN: { readonly [Provider in ConnectionProvider]: Partial<SamlPreset> } = {
  generic: {},

  // "Define attribute statements", "Define group attribute statements": names by hand, login as NameID.
  // https://help.okta.com/en-us/content/topics/apps/define-attribute-statements.htm
  okta: {},

  // SAML token claims reference; "name" carries the user principal name, "displayname" the person's name.
  // https://learn.microsoft.com/en-us/entra/identity-platform/reference-saml-tokens
  // Groups overage: https://learn.microsoft.com/en-us/security/zero-trust/develop/configure-tokens-group-claims-app-roles
  entra: {
    subject: [`${MICROSOFT}/identity/claims/objectidentifier`],
    directoryId: [`${MICROSOFT}/identity/claims/objectidentifier`],
    email: [`${XMLSOAP}/emailaddress`],
    name: [`${MICROSOFT}/identity/claims/displayname`],
    username: [`${XMLSOAP}/name`, `${XMLSOAP}/upn`],
    groups: [`${MICROSOFT}/ws/2008/06/identity/claims/groups`],
    groupsOverage: [`${MICROSOFT}/claims/groups.link`, `${MICROSOFT}/ws/2008/06/identity/claims/groups.link`],
    methods: [`${MICROSOFT}/claims/authnmethodsreferences`],
  },

  // Attribute mapping by hand; group membership as one attribute with many values.
  // https://support.google.com/a/answer/6087519
  google: {},

  // "memberOf": one value with semicolons, as the directory behind it holds it. Other parameters are multi-value, or said
  // to be delimited by the connection's own `groupsDelimiter`.
  // https://developers.onelogin.com/saml/saml-response
  onelogin: {
    email: ["User.email"],
    givenName: ["User.FirstName"],
    familyName: ["User.LastName"],
    groups: ["memberOf"],
    groupList: { attribute: "memberOf", delimiter: ";" },
  },

  // "Include group attribute": named memberOf by default, one value a group.
  // https://jumpcloud.com/support/sso-using-custom-saml-application-connectors
  jumpcloud: {
    givenName: ["firstname"],
    familyName: ["lastname"],
    groups: ["memberOf"],
  },

  // Attribute mappings by hand; group names as memberOf, one value a group.
  // https://docs.pingidentity.com/pingone/applications/p1_mapping_saml_attributes.html
  pingone: { groups: ["memberOf", "groupNames"] },

  // Claim descriptions of AD FS; "Send Group Membership as a Claim".
  // https://learn.microsoft.com/en-us/windows-server/identity/ad-fs/technical-reference/the-role-of-claims
  adfs: {
    email: [`${XMLSOAP}/emailaddress`],
    name: [`${XMLSOAP}/name`],
    username: [`${XMLSOAP}/upn`, `${MICROSOFT}/ws/2008/06/identity/claims/windowsaccountname`],
    groups: ["http://schemas.xmlsoap.org/claims/Group", `${MICROSOFT}/ws/2008/06/identity/claims/groups`],
    methods: [`${MICROSOFT}/claims/authnmethodsreferences`],
  },

  // "X500" attribute mappers and the group list mapper, whose default name is "member".
  // "Full group path" is on in it, unless somebody turned it off.
  // https://www.keycloak.org/docs/latest/server_admin/#_protocol-mappers
  keycloak: {
    email: [oid("1.2.840.113549.1.9.1")],
    groups: ["member", "groups"],
    groupPaths: true,
  },

  // eduPerson and inetOrgPerson by OID; NameIDs are transient unless configured, so the subject identifiers step in.
  // https://shibboleth.atlassian.net/wiki/spaces/IDP5/pages/3199511079/AttributeRegistryConfiguration
  // https://docs.oasis-open.org/security/saml-subject-id-attr/v1.0/saml-subject-id-attr-v1.0.html
  shibboleth: {
    subject: [
      "urn:oasis:names:tc:SAML:attribute:subject-id",
      "urn:oasis:names:tc:SAML:attribute:pairwise-id",
    ],
    email: [oid("0.9.2342.19200300.100.1.3")],
    name: [oid("2.16.840.1.113730.3.1.241"), oid("2.5.4.3")],
    username: [oid("1.3.6.1.4.1.5923.1.1.1.6"), oid("0.9.2342.19200300.100.1.1")],
    groups: [oid("1.3.6.1.4.1.5923.1.5.1.1")],
  },
};

/** The preset of a provider; "generic" for what is not known. */
export function samlPreset(provider: string): SamlPreset {
  const own = isProvider(provider) ? OWN[provider] : OWN.generic;
  return {
    ...GENERIC,
    ...own,
    email: [...(own.email ?? []), ...GENERIC.email],
    name: [...(own.name ?? []), ...GENERIC.name],
    givenName: [...(own.givenName ?? []), ...GENERIC.givenName],
    familyName: [...(own.familyName ?? []), ...GENERIC.familyName],
    username: [...(own.username ?? []), ...GENERIC.username],
    groups: [...(own.groups ?? []), ...GENERIC.groups],
  };
}

function isProvider(provider: string): provider is ConnectionProvider {
  return Object.hasOwn(OWN, provider);
}
