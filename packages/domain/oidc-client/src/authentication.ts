import { X509Certificate } from "node:crypto";
import type { ClientAuthentication, OidcConnection } from "@sallyport/connections";
import type { ConnectionKey } from "@sallyport/connections/keys";
import { importPKCS8 } from "jose";
import * as client from "openid-client";
import { IdpFailure } from "./failure.ts";

/** The key that a connection authenticates with now; the first is made when it is asked for. */
export type SigningKey = (connection: OidcConnection) => Promise<ConnectionKey>;

/** In which order the ways are tried where the connection names none. */
const BY_SECRET = ["client_secret_basic", "client_secret_post", "client_secret_jwt"] as const;

/** How a connection authenticates at its IdP's endpoints. Throws `IdpFailure` where there is no way. */
export function clientAuthentication(
  connection: OidcConnection,
  metadata: client.ServerMetadata,
  secret: string | undefined,
  signingKey: SigningKey,
): client.ClientAuth {
  const method = methodOf(connection, metadata, secret);
  if (method === "private_key_jwt") {
    return byPrivateKey(connection, metadata, signingKey);
  }
  if (secret === undefined) {
    throw new IdpFailure("unreachable", {
      code: "oidc_client_secret_missing",
      message: "The connection has no client secret, which its way to authenticate needs.",
      fix: "Give the connection its clientSecret, or set its clientAuthentication to private_key_jwt.",
      claim: "clientAuthentication",
      found: method,
    });
  }
  switch (method) {
    case "client_secret_basic":
      return client.ClientSecretBasic(secret);
    case "client_secret_post":
      return client.ClientSecretPost(secret);
    case "client_secret_jwt":
      return client.ClientSecretJwt(secret);
  }
}

function methodOf(
  { settings }: OidcConnection,
  metadata: client.ServerMetadata,
  secret: string | undefined,
): ClientAuthentication {
  if (settings.clientAuthentication !== undefined) {
    return settings.clientAuthentication;
  }
  if (secret === undefined) {
    return "private_key_jwt";
  }
  // Basic is the default of OpenID Connect Discovery 1.0, section 3.
  const { token_endpoint_auth_methods_supported: supported = ["client_secret_basic"] } = metadata;
  const known = BY_SECRET.find((method) => supported.includes(method));
  return known ?? (supported.includes("private_key_jwt") ? "private_key_jwt" : "client_secret_post");
}

/** They take the token endpoint for audience, and not (all of them) the issuer, as openid-client has it. */
const AUDIENCE_IS_ENDPOINT = new Set(["entra", "adfs", "okta"]);
/** They find the key by its certificate, and not by `kid`. */
const KEY_BY_CERTIFICATE = new Set(["entra", "adfs"]);

function byPrivateKey(
  connection: OidcConnection,
  metadata: client.ServerMetadata,
  signingKey: SigningKey,
): client.ClientAuth {
  const { provider } = connection;
  const algorithm = algorithmOf(metadata);
  return async (...request) => {
    const { id: kid, privateKey, certificate } = await signingKey(connection);
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const key = await importPKCS8(pem, algorithm);
    const authenticate = client.PrivateKeyJwt(
      { key, kid },
      {
        [client.modifyAssertion]: (header, payload) => {
          if (AUDIENCE_IS_ENDPOINT.has(provider)) {
            payload.aud = metadata.token_endpoint;
          }
          if (KEY_BY_CERTIFICATE.has(provider)) {
            Object.assign(header, thumbprints(certificate));
          }
        },
      },
    );
    return authenticate(...request);
  };
}

/** RFC 7515 §4.1.7, §4.1.8. */
function thumbprints(certificate: string) {
  const { fingerprint, fingerprint256 } = new X509Certificate(certificate);
  const encode = (hex: string) => Buffer.from(hex.replaceAll(":", ""), "hex").toString("base64url");
  return { x5t: encode(fingerprint), "x5t#S256": encode(fingerprint256) };
}

/** Our keys are RSA keys. */
function algorithmOf(metadata: client.ServerMetadata): "RS256" | "PS256" {
  const { token_endpoint_auth_signing_alg_values_supported: supported = ["RS256"] } = metadata;
  const algorithm = (["RS256", "PS256"] as const).find((known) => supported.includes(known));
  if (algorithm !== undefined) {
    return algorithm;
  }
  throw new IdpFailure("unreachable", {
    code: "oidc_client_algorithm_unsupported",
    message:
      "The IdP takes client assertions of none of the algorithms that the connection's key signs with.",
    fix: "In the IdP, allow RS256 or PS256 for private_key_jwt, or choose another way for this application to authenticate.",
    claim: "token_endpoint_auth_signing_alg_values_supported",
    expected: ["RS256", "PS256"],
    found: supported,
  });
}
