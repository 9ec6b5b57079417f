import { clientSecretContext, type OidcConnection } from "@sallyport/connections";
import type { Outbound } from "@sallyport/outbound";
import type { SecretBox } from "@sallyport/secrets";
import * as client from "openid-client";
import { clientAuthentication, type SigningKey } from "./authentication.ts";
import { BoundedCache } from "./bounded-cache.ts";
import { discover, insecureExtensions, TIMEOUT_SECONDS } from "./discovery.ts";
import { createIdpFetch, type OnAnswer } from "./idp-fetch.ts";
import { createIdpKeys, type IdpKeys } from "./keys.ts";

/** How long a discovery document is believed. */
const LIFETIME_MS = 10 * 60 * 1000;
/** An honest IdP's metadata and keys are about 3 kB as text, and some times that as values. */
const MOST_KEPT = { entries: 1000, bytes: 4 * 1024 * 1024 };
/** How long a failure is remembered, and how long a login then waits whether the IdP has come back. */
const FAILURE_FOR_MS = 60 * 1000;
const PATIENCE_MS = 500;
/** How far the IdP's clock and ours may be apart; as for SAML. */
export const CLOCK_TOLERANCE_SECONDS = 120;

/** This gateway as the client of one connection's OpenID Provider. */
export interface OidcClient {
  /** The IdP's discovery document. */
  readonly metadata: client.ServerMetadata;
  readonly keys: IdpKeys;
  /** openid-client's configuration, for one exchange; `onAnswer` hears what the IdP answers in it. */
  exchange(onAnswer?: OnAnswer): client.Configuration;
}

export interface OidcClients {
  /** Throws `IdpFailure` when the IdP cannot be used. */
  of(connection: OidcConnection): Promise<OidcClient>;
}

export interface OidcClientDeps {
  readonly outbound: Omit<Outbound, "stream">;
  readonly secrets: SecretBox;
  readonly now: () => Date;
  readonly signingKey: SigningKey;
  /** Resolves once a login has waited long enough for an IdP that did not answer lately. Default: half a second. */
  readonly patience?: () => Promise<void>;
}

/** Discovers IdPs, and remembers what it found for a while. */
export function createOidcClients(deps: OidcClientDeps): OidcClients {
  const { patience = halfASecond } = deps;
  const kept = new BoundedCache<Promise<OidcClient>>(MOST_KEPT);
  const failures = new BoundedCache<{ readonly error: unknown }>(MOST_KEPT);

  function find(key: string, connection: OidcConnection, now: number): Promise<OidcClient> {
    const known = kept.get(key, now);
    if (known !== undefined) {
      return known;
    }
    const found = makeClient(deps, connection, (bytes) => kept.resize(key, found, bytes));
    kept.set(key, found, now + LIFETIME_MS, now);
    found.then(
      () => failures.drop(key),
      (error: unknown) => {
        kept.delete(key, found); // the next login asks again
        const failedAt = deps.now().getTime();
        failures.set(key, { error }, failedAt + FAILURE_FOR_MS, failedAt);
      },
    );
    return found;
  }

  return {
    async of(connection) {
      const now = deps.now().getTime();
      // Changed settings are another key, so they count at once.
      const key = `${connection.id} ${JSON.stringify(connection.settings)}`;
      const failure = failures.get(key, now);
      const found = find(key, connection, now);
      if (failure === undefined) {
        return found;
      }
      // Asked by one of all who wait, and at once when it is back; but nobody waits for its whole timeout again.
      const late = patience().then(() => Promise.reject(failure.error));
      return Promise.race([found, late]);
    },
  };
}

function halfASecond(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PATIENCE_MS).unref());
}

async function makeClient(
  { outbound, secrets, now, signingKey }: OidcClientDeps,
  connection: OidcConnection,
  onSize: (bytes: number) => void,
): Promise<OidcClient> {
  const { id, settings } = connection;
  const { clientSecret } = settings;
  const secret = clientSecret === undefined ? undefined : secrets.open(clientSecret, clientSecretContext(id));
  const metadata = await discover(outbound, settings.issuer);
  const { length } = JSON.stringify(metadata);
  onSize(length);
  const authentication = clientAuthentication(connection, metadata, secret, signingKey);
  const extensions = insecureExtensions(settings.issuer);
  return {
    metadata,
    keys: createIdpKeys({
      outbound,
      jwksUri: metadata.jwks_uri ?? "",
      now: () => now().getTime(),
      onSize: (bytes) => onSize(length + bytes),
    }),
    exchange(onAnswer = () => undefined) {
      const clientMetadata = {
        // openid-client's clock is the system's.
        [client.clockSkew]: Math.round((now().getTime() - Date.now()) / 1000),
        [client.clockTolerance]: CLOCK_TOLERANCE_SECONDS,
      };
      const { clientId } = settings;
      const configuration = new client.Configuration(metadata, clientId, clientMetadata, authentication);
      const parEndpoint = metadata.pushed_authorization_request_endpoint;
      configuration[client.customFetch] = createIdpFetch({ outbound, parEndpoint, onAnswer });
      configuration.timeout = TIMEOUT_SECONDS;
      for (const extend of extensions) {
        extend(configuration);
      }
      return configuration;
    },
  };
}
