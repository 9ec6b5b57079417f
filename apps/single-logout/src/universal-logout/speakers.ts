import { findConnection, oidcLogoutUrls, samlServiceProvider } from "@sallyport/connections";
import type { Sql } from "@sallyport/database";
import { ASYMMETRIC, type Speaker } from "@sallyport/idp-signals";
import type { IdpKeys, OidcClients, Signers } from "@sallyport/oidc-client";
import { LogoutFailure } from "../failures.ts";
import { findActiveConnection } from "../oidc/find-active-connection.ts";
import { asymmetric, refused } from "./authenticate.ts";

/** Whose signed word counts at a connection's endpoint. */
export interface TrustedSpeaker extends Speaker {
  /** Of the JWT. */
  readonly issuer: string;
  /** This very endpoint. */
  readonly audience: string;
  readonly algorithms: readonly string[];
  readonly keys: IdpKeys;
}

/** A connection that is there, and how to learn who speaks for it: which may take asking its IdP. */
export interface Endpoint {
  readonly connection: Speaker["connection"];
  /** Throws `IdpFailure`. */
  speaker(): Promise<TrustedSpeaker>;
}

interface Deps {
  readonly sql: Sql;
  readonly publicUrl: string;
}

/** An OpenID Provider speaks for its own connection, by what it says of itself. Throws `LogoutFailure`. */
export async function oidcEndpoint(
  { sql, publicUrl }: Deps,
  clients: OidcClients,
  connectionId: string,
): Promise<Endpoint> {
  const connection = await findActiveConnection(sql, connectionId);
  return {
    connection,
    async speaker() {
      const { metadata, keys } = await clients.of(connection);
      const { issuer } = metadata;
      return {
        ...{ connection, issuer, keys, identityIssuer: issuer, issuerNames: [issuer], nameIds: false },
        audience: oidcLogoutUrls(publicUrl, connection.id).globalTokenRevocationUri,
        algorithms: asymmetric(metadata.id_token_signing_alg_values_supported ?? ["RS256"]),
      };
    },
  };
}

/** For a SAML connection speaks whom its settings name: no metadata tells of such keys. Throws `LogoutFailure`. */
export async function samlEndpoint(
  { sql, publicUrl }: Deps,
  signers: Signers,
  connectionId: string,
): Promise<Endpoint> {
  const connection = await findConnection(sql, "saml", connectionId);
  if (connection === null) {
    throw new LogoutFailure("connection_unknown");
  }
  if (connection.status !== "active") {
    throw new LogoutFailure("connection_disabled");
  }
  const { id, settings } = connection;
  return {
    connection,
    speaker: () => {
      const { idpEntityId, universalLogout } = settings;
      if (universalLogout === undefined || universalLogout === null) {
        return Promise.reject(
          refused("not_set_up", "saml.universalLogout", "the issuer and the JWKS of who signs", null),
        );
      }
      const { issuer, jwksUri } = universalLogout;
      return Promise.resolve({
        ...{ connection, issuer, identityIssuer: idpEntityId, nameIds: true, algorithms: ASYMMETRIC },
        // Okta's SAML subjects have the entity ID as their issuer, and its JWTs the URL of the organization.
        issuerNames: [idpEntityId, issuer],
        audience: samlServiceProvider(publicUrl, id).globalTokenRevocationUrl,
        keys: signers.of(id, jwksUri),
      });
    },
  };
}
