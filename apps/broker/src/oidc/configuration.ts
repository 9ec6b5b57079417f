import { clientSecretContext, type OidcSettings } from "@sallyport/connections";
import { type Outbound, OutboundError } from "@sallyport/outbound";
import type { SecretBox } from "@sallyport/secrets";
import * as client from "openid-client";
import type { OidcConnection } from "../sign-in/connections.ts";
import { SignInFailure } from "../sign-in/failures.ts";

/** How long a discovery document is believed; its keys are fetched again as soon as an unknown one signs. */
const LIFETIME_MS = 10 * 60 * 1000;
const MOST_KEPT = 1000;
const TIMEOUT_SECONDS = 10;

export interface OidcConfigurations {
  /** The IdP's discovered metadata with our credentials there. Throws `SignInFailure` when the IdP cannot be used. */
  of(connection: OidcConnection): Promise<client.Configuration>;
}

/** Discovers IdPs through the SSRF-safe client, and remembers what it found for a while. */
export function createOidcConfigurations(deps: {
  readonly outbound: Outbound;
  readonly secrets: SecretBox;
  readonly now: () => Date;
}): OidcConfigurations {
  const kept = new Map<string, { readonly until: number; readonly found: Promise<client.Configuration> }>();
  return {
    async of(connection) {
      const now = deps.now().getTime();
      // Changed settings are another key, so they count at once.
      const key = `${connection.id} ${JSON.stringify(connection.settings)}`;
      const known = kept.get(key);
      if (known !== undefined && known.until > now) return known.found;
      const secret = deps.secrets.open(connection.settings.clientSecret, clientSecretContext(connection.id));
      const found = discover(deps.outbound, connection.settings, secret);
      kept.delete(key);
      kept.set(key, { until: now + LIFETIME_MS, found });
      forgetOldest(kept);
      // A failure is not remembered: the next login asks again.
      found.catch(() => {
        if (kept.get(key)?.found === found) kept.delete(key);
      });
      return found;
    },
  };
}

async function discover(
  outbound: Outbound,
  settings: OidcSettings,
  secret: string,
): Promise<client.Configuration> {
  const customFetch = fetchThrough(outbound);
  // http can only mean loopback in development: the outbound client refuses every other.
  const plain = settings.issuer.startsWith("http:") ? [client.allowInsecureRequests] : [];
  try {
    const discovered = await client.discovery(
      new URL(settings.issuer),
      settings.clientId,
      {},
      client.None(),
      {
        [client.customFetch]: customFetch,
        execute: plain,
        timeout: TIMEOUT_SECONDS,
      },
    );
    const metadata = discovered.serverMetadata();
    checkMetadata(metadata, settings.issuer);
    const configuration = new client.Configuration(
      metadata,
      settings.clientId,
      { client_secret: secret },
      clientAuthentication(metadata, secret),
    );
    configuration[client.customFetch] = customFetch;
    configuration.timeout = TIMEOUT_SECONDS;
    for (const extend of plain) extend(configuration);
    // The ID token's signature counts even though it comes straight from the token endpoint.
    client.enableNonRepudiationChecks(configuration);
    return configuration;
  } catch (error) {
    if (error instanceof SignInFailure) throw error;
    throw new SignInFailure("idp_unreachable", { detail: describe(error), cause: error });
  }
}

/**
 * openid-client lets Entra ID's multi-tenant metadata through, whose issuer stands for every tenant there is. A
 * connection belongs to one organization, so its issuer must be exactly one.
 */
function checkMetadata(metadata: client.ServerMetadata, issuer: string): void {
  const same = (left: string, right: string) => left.replace(/\/$/, "") === right.replace(/\/$/, "");
  if (!same(metadata.issuer, issuer)) {
    throw new SignInFailure("idp_unreachable", {
      finding: {
        code: "oidc_issuer_mismatch",
        message: "The discovery document names another issuer than the connection.",
        fix: "Set the connection's issuer to the one in the discovery document; for Entra ID, with your tenant's id.",
        detail: metadata.issuer,
      },
    });
  }
  for (const name of ["authorization_endpoint", "token_endpoint", "jwks_uri"] as const) {
    const url = metadata[name];
    const scheme = issuer.startsWith("https:") ? /^https:\/\// : /^https?:\/\//;
    if (url === undefined || !scheme.test(url)) {
      throw new SignInFailure("idp_unreachable", {
        finding: {
          code: "oidc_metadata_invalid",
          message: "The discovery document lacks an endpoint, or names one that is not https.",
          fix: "Check the connection's issuer, and the IdP's configuration.",
          detail: name,
        },
      });
    }
  }
}

/** Basic where the IdP takes it: it is the default of OpenID Connect Discovery 1.0, section 3. */
function clientAuthentication(metadata: client.ServerMetadata, secret: string): client.ClientAuth {
  const supported = metadata.token_endpoint_auth_methods_supported;
  return supported === undefined || supported.includes("client_secret_basic")
    ? client.ClientSecretBasic(secret)
    : client.ClientSecretPost(secret);
}

function fetchThrough(outbound: Outbound): client.CustomFetch {
  return (url, { method, headers, body, signal }) => {
    if (body instanceof ArrayBuffer || body instanceof ReadableStream) {
      throw new TypeError("A request to an IdP has a body of text only");
    }
    return outbound.fetch(url, { method, headers, body, signal });
  };
}

/** The most telling message of an error and its causes, for the connection's administrator. */
function describe(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof OutboundError) return cause.message;
  }
  return error instanceof Error ? error.message : String(error);
}

function forgetOldest(kept: Map<string, unknown>): void {
  const [oldest] = kept.keys();
  if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
}
