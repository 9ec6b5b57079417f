import * as client from "openid-client";

/** Basic where the IdP takes it: it is the default of OpenID Connect Discovery 1.0, section 3. */
export function clientAuthentication(metadata: client.ServerMetadata, secret: string): client.ClientAuth {
  const supported = metadata.token_endpoint_auth_methods_supported;
  return supported === undefined || supported.includes("client_secret_basic")
    ? client.ClientSecretBasic(secret)
    : client.ClientSecretPost(secret);
}
