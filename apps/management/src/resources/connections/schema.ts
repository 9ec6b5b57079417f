import {
  CONNECTION_PROVIDERS,
  clientAuthentication,
  connectionProvider,
  groupsDelimiter,
  samlAttributeNames,
  subjectMatches,
} from "@sallyport/connections";
import { isTransmitterUrl } from "@sallyport/idp-signals";
import { z } from "zod";
import { displayName, id, secureUrl, text, timestamp } from "../../api/text.ts";
import { certificate, certificateInUse } from "./certificate.ts";
import { metadataFollowing } from "./metadata/schema.ts";

const status = z.enum(["active", "disabled"]);

// ------------------------------------------------------------------ SAML, in

const METADATA_MAX_CHARS = 900_000;

const attributeNames = z.strictObject({
  subject: text(512).exactOptional(),
  email: text(512).exactOptional(),
  name: text(512).exactOptional(),
  givenName: text(512).exactOptional(),
  familyName: text(512).exactOptional(),
  username: text(512).exactOptional(),
  groups: text(512).exactOptional(),
});

const idpInitiated = z
  .strictObject({
    applicationId: id.meta({ description: "Where they land. It needs an `initiateLoginUri`." }),
  })
  .nullable()
  .meta({
    description:
      "Takes in people who come from the identity provider's own pages (IdP-initiated). What they bring signs nobody in: the gateway at once asks the identity provider itself, then sends them to the application. `RelayState` may name one of the application's `targetUris`. Default: null, which refuses them.",
  });

const pem = z.string().min(1).max(20_000);

/** Where an IdP is described: its metadata, as XML or by URL, or else its three facts. */
const samlSource = {
  metadataXml: z.string().min(1).max(METADATA_MAX_CHARS).exactOptional(),
  metadataUrl: secureUrl.exactOptional().meta({
    description:
      "Fetched now, and from now on about every hour: the facts of the identity provider follow it, as `metadata` tells. Stating one of them by hand (idpEntityId, ssoUrl, sloUrl, sloResponseUrl, certificates), or giving metadataXml, ends that, with an event; a binding chosen by hand does not.",
  }),
  metadataCertificates: z.array(pem).max(20).exactOptional().meta({
    description:
      "Certificates that the metadata is signed with, PEM or base64 DER: beside metadata, which is then taken only with a signature that one of them verifies, now and whenever it is fetched again. They stay until others are given; an empty list ends that.",
  }),
  idpEntityId: text(1024).exactOptional().meta({
    description: "The IdP's entity ID. Beside metadata: which IdP is meant, where it describes several.",
  }),
  ssoUrl: secureUrl.exactOptional(),
  ssoBinding: z.enum(["redirect", "post"]).exactOptional().meta({ description: "Default: redirect." }),
  sloUrl: secureUrl.exactOptional().meta({
    description:
      "Where the IdP takes logout requests. Without it, the IdP is not notified when a person signs out.",
  }),
  sloBinding: z.enum(["redirect", "post"]).exactOptional().meta({
    description: "How logout messages reach the IdP. Default: redirect.",
  }),
  sloResponseUrl: secureUrl.exactOptional().meta({
    description: "Where the IdP takes logout responses. Default: sloUrl.",
  }),
  certificates: z.array(pem).min(1).max(20).exactOptional().meta({
    description: "The IdP's signing certificates, PEM or base64 DER.",
  }),
};

const matches = subjectMatches.meta({
  description:
    "Which attribute of the directory's users (SCIM) the identity provider's subject is: people are matched by it, whatever their address. Only where it is so for everybody. Default: as the provider's product has it (`okta` over OpenID Connect, and `entra` by its object id: externalId; all others: nothing).",
});

const universalLogout = z.strictObject({ issuer: text(1024), jwksUri: secureUrl }).nullable();

const signals = z
  .strictObject({
    issuer: text(1024),
    jwksUri: secureUrl.exactOptional(),
    audience: text(1024).exactOptional(),
    strict: z.boolean().exactOptional(),
  })
  .nullable();
const signalsField = signals
  .refine((given) => given === null || given.jwksUri !== undefined || isTransmitterUrl(given.issuer), {
    path: ["issuer"],
    message: "Must be an https URL without query and fragment, where nothing is looked up by jwksUri",
  })
  .exactOptional()
  .meta({
    description:
      "Whose security events (OpenID Shared Signals, CAEP, RISC) about the connection's people are taken: the transmitter's `iss`. Left out, `jwksUri` is as its `/.well-known/ssf-configuration` says, which is read again each hour; and `audience`, what its events must have among their `aud`, is as the stream says that the gateway made there (`PUT …/signals/stream`), or else `signalEventsUri`. The end of a session, a changed credential, a disabled or purged account end all sessions of the person here; with `strict`, changed claims, device compliance and assurance do as well. null: nobody's.",
  });
const signalEventsUri = z.string().meta({
  description:
    "Takes security events that the identity provider pushes (RFC 8935), once `signals` says whose; none where they are polled.",
});

const samlOptions = {
  signRequests: z.boolean().exactOptional().meta({
    description: "Default: as the metadata wants it. Once given, metadata does not change it.",
  }),
  holdMetadataChanges: z.boolean().exactOptional().meta({
    description:
      "Holds every change of the metadata until it is applied manually (`metadata/apply`). Default: false; then whoever controls what the URL serves can add a certificate, and so sign anybody in, unless `metadataCertificates` name its signers.",
  }),
  allowSha1: z.boolean().exactOptional(),
  forceAuthn: z.boolean().exactOptional(),
  authnContext: z.array(text(512)).max(20).exactOptional(),
  attributes: attributeNames.exactOptional(),
  groupsDelimiter: groupsDelimiter.nullable().exactOptional().meta({
    description:
      "Splits groups that the identity provider sends as one value, such as `;`. Whoever may name a group there can then name any other, too: only where it sends its lists in no other way. Several values are never split. null: a value is one group. Default: as the provider is known to send them (`onelogin`: `;` in memberOf; all others: null).",
  }),
  subjectMatches: matches.exactOptional(),
  idpInitiated: idpInitiated.exactOptional(),
  signals: signalsField,
  universalLogout: universalLogout.exactOptional().meta({
    description:
      "Who may have all sessions of a person ended at `globalTokenRevocationUri`, by a JWT that they sign (Okta: Universal Logout): its `iss`, and where the keys are. Okta's are the URL of the Okta organization, and `…/oauth2/v1/keys` below it. null: nobody.",
  }),
};

const EXPLICIT = ["ssoUrl", "ssoBinding", "sloUrl", "sloBinding", "sloResponseUrl", "certificates"] as const;
const FACTS = ["idpEntityId", "ssoUrl", "certificates"] as const;

type SamlSource = z.output<z.ZodObject<typeof samlSource>>;

function refuseMixedSources(input: SamlSource, context: z.RefinementCtx): void {
  const refuse = (field: string, message: string) =>
    context.addIssue({ code: "custom", path: [field], message });
  if (input.metadataXml !== undefined && input.metadataUrl !== undefined) {
    refuse("metadataUrl", "Give either metadataXml or metadataUrl");
  }
  if (input.metadataXml === undefined && input.metadataUrl === undefined) {
    if (input.metadataCertificates !== undefined) {
      refuse("metadataCertificates", "Give metadataXml or metadataUrl with it: they are checked at once");
    }
    return;
  }
  for (const field of EXPLICIT) {
    if (input[field] !== undefined) {
      refuse(field, "The metadata says this: give either metadata or this");
    }
  }
}

const newSaml = z
  .strictObject({ ...samlSource, ...samlOptions })
  .superRefine(refuseMixedSources)
  .superRefine((input, context) => {
    if (input.metadataXml !== undefined || input.metadataUrl !== undefined) {
      return;
    }
    for (const field of FACTS) {
      if (input[field] !== undefined) {
        continue;
      }
      context.addIssue({
        code: "custom",
        path: [field],
        message: "Is needed, unless metadataXml or metadataUrl says it",
      });
    }
  });

const samlPatch = z.strictObject({ ...samlSource, ...samlOptions }).superRefine(refuseMixedSources);

// ------------------------------------------------------------------ OpenID Connect, in

const issuer = secureUrl.refine(
  (value) => !/[?#]/.test(value),
  "Must have neither query nor fragment (OpenID Connect Discovery 1.0, section 3)",
);
// RFC 6749, section 3.3.
const scopes = z
  .array(z.string().regex(/^[\x21\x23-\x5B\x5D-\x7E]{1,200}$/, "Is not a scope (RFC 6749, section 3.3)"))
  .max(50)
  .refine((all) => all.includes("openid"), "Must include openid");

const oidcFields = {
  issuer,
  clientId: text(512),
  clientSecret: text(2048).meta({
    description: "Stored encrypted, never shown. Needed for every way to authenticate but `private_key_jwt`.",
  }),
  clientAuthentication: clientAuthentication.exactOptional().meta({
    description:
      "How the connection authenticates at the identity provider. `private_key_jwt`: by its own key pair, whose public half is at `jwksUri`. Default: the first of these that the provider's discovery document names; `private_key_jwt` where there is no client secret.",
  }),
  pushAuthorizationRequests: z.boolean().exactOptional().meta({
    description:
      "Pushes authorization requests to the identity provider (RFC 9126). Default: where its discovery document requires it.",
  }),
  scopes,
  logoutAtIdp: z.boolean().exactOptional().meta({
    description:
      "Signs people out at the identity provider, too, when they sign out here; `postLogoutRedirectUri` is to be registered there. Default: where its discovery document names an end_session_endpoint.",
  }),
  groupsClaim: text(200).exactOptional().meta({
    description:
      "The claim that lists the person's groups: its name, or a path into objects, such as `realm_access.roles`.",
  }),
  groupsDelimiter: groupsDelimiter.nullable().exactOptional().meta({
    description:
      "Splits groups that the identity provider sends as one string, such as `;`. Whoever may name a group there can then name any other, too: only where it sends its lists in no other way. An array is taken as it is. Default: null, a string is one group.",
  }),
  subjectMatches: matches.exactOptional(),
  signals: signalsField,
};

const newOidc = z
  .strictObject({
    ...oidcFields,
    clientSecret: oidcFields.clientSecret.exactOptional(),
    scopes: scopes.default(["openid", "profile", "email"]),
  })
  .superRefine(({ clientAuthentication: method, clientSecret }, context) => {
    if (clientSecret === undefined && method !== "private_key_jwt") {
      context.addIssue({
        code: "custom",
        path: ["clientSecret"],
        message: "Is needed, unless clientAuthentication is private_key_jwt",
      });
    }
  });

const oidcPatch = z.strictObject({
  issuer: issuer.exactOptional(),
  clientId: oidcFields.clientId.exactOptional(),
  clientSecret: oidcFields.clientSecret.exactOptional(),
  clientAuthentication: oidcFields.clientAuthentication,
  pushAuthorizationRequests: oidcFields.pushAuthorizationRequests,
  logoutAtIdp: oidcFields.logoutAtIdp,
  scopes: scopes.exactOptional(),
  groupsClaim: oidcFields.groupsClaim,
  groupsDelimiter: oidcFields.groupsDelimiter,
  subjectMatches: oidcFields.subjectMatches,
  signals: oidcFields.signals,
});

// ------------------------------------------------------------------ the connection

const common = { name: displayName, provider: connectionProvider.default("generic") };

export const newConnection = z
  .discriminatedUnion("type", [
    z.strictObject({ type: z.literal("saml"), ...common, saml: newSaml }),
    z.strictObject({ type: z.literal("oidc"), ...common, oidc: newOidc }),
  ])
  .meta({ id: "NewConnection" });

export const connectionPatch = z
  .strictObject({
    name: displayName.exactOptional(),
    provider: connectionProvider.exactOptional(),
    status: status.exactOptional(),
    saml: samlPatch.exactOptional(),
    oidc: oidcPatch.exactOptional(),
  })
  .meta({ id: "ConnectionPatch" });

/** What a draft changes of the settings that the connection has. */
export const newConnectionDraft = connectionPatch
  .pick({ provider: true, saml: true, oidc: true })
  .extend({
    basedOn: z.enum(["connection", "draft"]).default("connection").meta({
      description:
        "What the draft is made of, with what else is given: the settings of the connection, or the draft that there is, if there is one.",
    }),
  })
  .meta({ id: "NewConnectionDraft" });

const samlView = z.object({
  acsUrl: z.string(),
  spEntityId: z.string(),
  spSloUrl: z.string().meta({ description: "Single logout, for both bindings." }),
  spMetadataUrl: z.string(),
  globalTokenRevocationUri: z.string().meta({
    description:
      "Takes the identity provider's signed request to end all sessions of a person (Okta: Universal Logout, with a signed JWT), once `universalLogout` says who signs.",
  }),
  idpEntityId: z.string(),
  ssoUrl: z.string(),
  ssoBinding: z.enum(["redirect", "post"]),
  sloUrl: z.string().optional(),
  sloBinding: z.enum(["redirect", "post"]).optional(),
  sloResponseUrl: z.string().optional(),
  metadataUrl: z.string().optional(),
  metadataCertificates: z.array(certificate).optional(),
  metadata: metadataFollowing.optional().meta({ description: "Where there is a metadata URL." }),
  certificates: z.array(certificateInUse),
  holdMetadataChanges: z.boolean(),
  signRequests: z.boolean(),
  allowSha1: z.boolean(),
  forceAuthn: z.boolean(),
  authnContext: z.array(z.string()).optional(),
  attributes: samlAttributeNames.optional(),
  groupsDelimiter: groupsDelimiter.nullable().optional(),
  subjectMatches: subjectMatches.optional(),
  idpInitiated,
  universalLogout,
  signals,
  signalEventsUri,
});

const oidcView = z.object({
  signals,
  signalEventsUri,
  redirectUri: z.string(),
  jwksUri: z.string().meta({
    description:
      "The public keys that the connection authenticates with by `private_key_jwt`, to be registered at the identity provider. They change as those of a SAML connection do (`/keys`).",
  }),
  postLogoutRedirectUri: z.string().meta({
    description: "Where the identity provider sends people after the gateway has signed them out there.",
  }),
  backchannelLogoutUri: z.string().meta({
    description: "Takes logout tokens: their sessions end here (OpenID Connect Back-Channel Logout 1.0).",
  }),
  frontchannelLogoutUri: z.string().meta({
    description: "The same by the browser, with `iss` and `sid` (OpenID Connect Front-Channel Logout 1.0).",
  }),
  globalTokenRevocationUri: z.string().meta({
    description:
      "Takes the identity provider's signed request to end all sessions of a person (Okta: Universal Logout, with a signed JWT).",
  }),
  issuer: z.string(),
  clientId: z.string(),
  clientAuthentication: clientAuthentication.optional(),
  pushAuthorizationRequests: z.boolean().optional(),
  logoutAtIdp: z.boolean().optional(),
  scopes: z.array(z.string()),
  groupsClaim: z.string().optional(),
  groupsDelimiter: groupsDelimiter.nullable().optional(),
  subjectMatches: subjectMatches.optional(),
});

export const connection = z
  .object({
    id,
    type: z.enum(["saml", "oidc"]),
    provider: z.enum(CONNECTION_PROVIDERS),
    name: z.string(),
    status,
    saml: samlView.optional().meta({ description: "Of a SAML connection." }),
    oidc: oidcView.optional().meta({ description: "Of an OpenID Connect connection." }),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: "Connection" });

/** A connection as lists and its page show it. */
export const connectionInUse = connection
  .extend({
    lastLoginAt: timestamp.nullable().meta({
      description: "When somebody last signed in by it; null: nobody within the last 30 days.",
    }),
  })
  .meta({ id: "ConnectionInUse" });

export const connectionUsage = z
  .object({
    people: z.int().meta({
      description: "The people who have ever signed in through it, as the identity provider knows them.",
    }),
    signedIn: z.int().meta({ description: "People with a session of it that holds now." }),
    sessions: z.int().meta({ description: "Such sessions: they end when it is disabled." }),
  })
  .meta({ id: "ConnectionUsage" });

export type NewConnection = z.output<typeof newConnection>;
export type NewOidc = z.output<typeof newOidc>;
export type ConnectionPatch = z.output<typeof connectionPatch>;
export type SamlInput = z.output<typeof samlPatch>;
