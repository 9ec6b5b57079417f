import type { OidcConnection } from "@sallyport/connections";
import { clientSecretContext, type OidcSettings } from "@sallyport/connections";
import { type Outbound, OutboundError } from "@sallyport/outbound";
import type { SecretBox } from "@sallyport/secrets";
import * as client from "openid-client";
import { SignInFailure } from "../../core/failures.ts";
import { BoundedCache } from "./bounded-cache.ts";
import { causeOf } from "./failure.ts";
import { createDiscoveryFetch, createIdpFetch } from "./idp-fetch.ts";

/** How long a discovery document is believed; its keys are fetched again as soon as an unknown one signs. */
const LIFETIME_MS = 10 * 60 * 1000;
/** An honest IdP's metadata and keys are about 3 kB as text, and some times that as values. */
const MOST_KEPT = { entries: 1000, bytes: 4 * 1024 * 1024 };
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
  const kept = new BoundedCache<Promise<client.Configuration>>(MOST_KEPT);
  return {
    async of(connection) {
      const now = deps.now().getTime();
      // Changed settings are another key, so they count at once.
      const key = `${connection.id} ${JSON.stringify(connection.settings)}`;
      const known = kept.get(key, now);
      if (known !== undefined) {
        return known;
      }
      const secret = deps.secrets.open(connection.settings.clientSecret, clientSecretContext(connection.id));
      const found = discover(deps, connection.settings, secret, (bytes) => kept.resize(key, found, bytes));
      kept.set(key, found, now + LIFETIME_MS, now);
      // A failure is not remembered: the next login asks again.
      found.catch(() => kept.delete(key, found));
      return found;
    },
  };
}

async function discover(
  { outbound, now }: { readonly outbound: Outbound; readonly now: () => Date },
  settings: OidcSettings,
  secret: string,
  onSize: (bytes: number) => void,
): Promise<client.Configuration> {
  // http can only mean loopback in development: the outbound client refuses every other.
  const plain = settings.issuer.startsWith("http:") ? [client.allowInsecureRequests] : [];
  try {
    const discovered = await client.discovery(
      new URL(settings.issuer),
      settings.clientId,
      {},
      client.None(),
      {
        [client.customFetch]: createDiscoveryFetch(outbound),
        execute: plain,
        timeout: TIMEOUT_SECONDS,
      },
    );
    const metadata = discovered.serverMetadata();
    checkMetadata(metadata, settings.issuer);
    const { length } = JSON.stringify(metadata);
    onSize(length);
    const configuration = new client.Configuration(
      metadata,
      settings.clientId,
      { client_secret: secret },
      clientAuthentication(metadata, secret),
    );
    configuration[client.customFetch] = createIdpFetch({
      outbound,
      now,
      onKeys: (bytes) => onSize(length + bytes),
    });
    configuration.timeout = TIMEOUT_SECONDS;
    for (const extend of plain) {
      extend(configuration);
    }
    // The ID token's signature counts even though it comes straight from the token endpoint.
    client.enableNonRepudiationChecks(configuration);
    return configuration;
  } catch (error) {
    const failure = causeOf(error, SignInFailure);
    if (failure !== null) {
      throw failure;
    }
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

/** The most telling message of an error and its causes, for the connection's administrator. */
function describe(error: unknown): string {
  const outbound = causeOf(error, OutboundError);
  if (outbound !== null) {
    return outbound.message;
  }
  return error instanceof Error ? error.message : String(error);
}
