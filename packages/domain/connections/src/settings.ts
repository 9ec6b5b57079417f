import { sealContext } from "@sallyport/encryption-keys";
import { z } from "zod";

const httpUrl = z.url({ protocol: /^https?$/ });

/**
 * Names of asserted attributes that carry a claim, tried before those of the provider's preset. `subject` names
 * the attribute that identifies the person in place of the NameID.
 */
export const samlAttributeNames = z.strictObject({
  subject: z.string().min(1).optional(),
  email: z.string().min(1).optional(),
  name: z.string().min(1).optional(),
  givenName: z.string().min(1).optional(),
  familyName: z.string().min(1).optional(),
  username: z.string().min(1).optional(),
  groups: z.string().min(1).optional(),
});

/** What stands between the names of groups that an IdP sends as one string: a sign or two, that no name is made of. */
export const groupsDelimiter = z
  .string()
  .regex(
    /^[^\p{L}\p{N}\p{C}]{1,4}$/u,
    "Must be 1 to 4 signs that are neither letters nor digits, such as `;`",
  );

/**
 * Which attribute of its directory's users the IdP's subject is. It is proof of who somebody is, so it is said only where
 * it is so.
 */
export const subjectMatches = z.enum(["externalId", "userName", "nothing"]);

export type SubjectMatches = z.infer<typeof subjectMatches>;

/** Whose security events about the connection's people count (OpenID Shared Signals). Null: nobody's. */
const signalTransmitter = z.strictObject({
  issuer: z.string().min(1),
  /** Left out: as its configuration document says. */
  jwksUri: httpUrl.exactOptional(),
  /** What its SETs must have among their `aud`. Left out: as the stream says that the gateway made, or else `signalEventsUri`. */
  audience: z.string().min(1).exactOptional(),
  /** Has also those events end sessions that may as well mean little. */
  strict: z.boolean().exactOptional(),
});

export type SignalTransmitter = z.infer<typeof signalTransmitter>;

/** `connections.settings` of a SAML connection. */
export const samlSettings = z.strictObject({
  idpEntityId: z.string().min(1),
  ssoUrl: httpUrl,
  ssoBinding: z.enum(["redirect", "post"]),
  /** Where logout requests go; without it the IdP is not told of a sign-out. */
  sloUrl: httpUrl.optional(),
  /** Of logout messages to the IdP. Default: redirect. */
  sloBinding: z.enum(["redirect", "post"]).optional(),
  /** Where logout responses go. Default: `sloUrl`. */
  sloResponseUrl: httpUrl.optional(),
  /** The IdP's signing certificates, PEM: the only keys that a response is verified with. */
  certificates: z.array(z.string()).min(1),
  /** Where the IdP's metadata is fetched from, again and again: the facts above follow it. */
  metadataUrl: httpUrl.optional(),
  /** PEM; where there are any, one of them must verify the metadata's signature. */
  metadataCertificates: z.array(z.string()).min(1).optional(),
  /** No change of the metadata is followed before somebody has looked at it. */
  holdMetadataChanges: z.boolean().optional(),
  signRequests: z.boolean().default(false),
  /** An operator has decided on `signRequests`: metadata does not. */
  signRequestsByHand: z.boolean().optional(),
  /** An operator has chosen `ssoBinding`, or `sloBinding`: of the metadata's endpoints the ones for it are taken. */
  ssoBindingByHand: z.boolean().optional(),
  sloBindingByHand: z.boolean().optional(),
  /** Accept RSA-SHA1 signatures, with a warning each time. */
  allowSha1: z.boolean().default(false),
  forceAuthn: z.boolean().default(false),
  /** AuthnContextClassRef URIs to ask for. */
  authnContext: z.array(z.string().min(1)).optional(),
  attributes: samlAttributeNames.optional(),
  /** Splits groups that come as one value. Null: a value is one group; left out: as the provider's preset says. */
  groupsDelimiter: groupsDelimiter.nullish(),
  /** Left out: as the provider's product has it. */
  subjectMatches: subjectMatches.optional(),
  /** Who may have all sessions of a person ended by a JWT of theirs, and where their keys are. Null: nobody. */
  universalLogout: z.strictObject({ issuer: z.string().min(1), jwksUri: httpUrl }).nullish(),
  signals: signalTransmitter.nullish(),
  /** The application where people land who come from the IdP's own pages. Null: nobody is taken in from there. */
  idpInitiated: z.strictObject({ applicationId: z.uuid() }).nullish(),
});

/** How a client authenticates at a token endpoint (OpenID Connect Core §9). */
export const clientAuthentication = z.enum([
  "client_secret_basic",
  "client_secret_post",
  "client_secret_jwt",
  "private_key_jwt",
]);

export type ClientAuthentication = z.infer<typeof clientAuthentication>;

/** `connections.settings` of an OpenID Connect connection. */
export const oidcSettings = z.strictObject({
  issuer: httpUrl,
  clientId: z.string().min(1),
  /** Sealed, with `clientSecretContext` of the connection. Without it the connection authenticates by its own key. */
  clientSecret: z.string().min(1).optional(),
  /** How the connection authenticates to the IdP. Left out: by the first way that both know. */
  clientAuthentication: clientAuthentication.optional(),
  /** Push authorization requests to the IdP (RFC 9126). Left out: where its discovery document requires it. */
  pushAuthorizationRequests: z.boolean().optional(),
  /** Sign people out at the IdP, too, when they sign out here. Left out: where the IdP takes it. */
  logoutAtIdp: z.boolean().optional(),
  scopes: z.array(z.string().min(1)).min(1),
  /** The claim that lists the person's groups. */
  groupsClaim: z.string().min(1).optional(),
  /** Splits that claim where it is one string. Null, or left out: a string is one group. */
  groupsDelimiter: groupsDelimiter.nullish(),
  /** Left out: as the provider's product has it. */
  subjectMatches: subjectMatches.optional(),
  signals: signalTransmitter.nullish(),
});

export type SamlSettings = z.infer<typeof samlSettings>;
export type OidcSettings = z.infer<typeof oidcSettings>;

/** The types of connection, and what only its protocol understands of each: a new one is added here and in `SETTINGS`. */
export interface ConnectionSettings {
  saml: SamlSettings;
  oidc: OidcSettings;
}

export type ConnectionType = keyof ConnectionSettings;

export type AnySettings = ConnectionSettings[ConnectionType];

const SETTINGS: { readonly [Type in ConnectionType]: z.ZodType<ConnectionSettings[Type]> } = {
  saml: samlSettings,
  oidc: oidcSettings,
};

/** Parses `connections.settings` as stored. Throws `ZodError` when the row was not written by this schema. */
export function parseConnectionSettings<Type extends ConnectionType>(
  type: Type,
  json: unknown,
): ConnectionSettings[Type] {
  return SETTINGS[type].parse(json);
}

/** What a connection's client secret is sealed for: it opens in no other row. */
export function clientSecretContext(connectionId: string): string {
  return sealContext("connections.settings.clientSecret", connectionId);
}
