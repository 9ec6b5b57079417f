import type { Outbound } from "@sallyport/outbound";
import * as client from "openid-client";
import { causeOf, IdpFailure } from "./failure.ts";
import { createDiscoveryFetch } from "./idp-fetch.ts";
import { unreachable } from "./unreachable.ts";

export const TIMEOUT_SECONDS = 10;

/** Fetches and checks an issuer's discovery document. Throws `IdpFailure`. */
export async function discover(
  outbound: Omit<Outbound, "stream">,
  issuer: string,
): Promise<client.ServerMetadata> {
  const url = new URL(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  try {
    const discovered = await client.discovery(url, "unused", {}, client.None(), {
      [client.customFetch]: createDiscoveryFetch(outbound),
      execute: insecureExtensions(issuer),
      timeout: TIMEOUT_SECONDS,
    });
    const metadata = discovered.serverMetadata();
    checkMetadata(metadata, issuer);
    return metadata;
  } catch (error) {
    throw answeredOtherwise(error, url.href) ?? unreachable(error);
  }
}

/** http can only mean loopback in development: the outbound client refuses every other. */
export function insecureExtensions(issuer: string): (typeof client.allowInsecureRequests)[] {
  return issuer.startsWith("http:") ? [client.allowInsecureRequests] : [];
}

/** What was served in place of the document, where openid-client tells. */
function answeredOtherwise(error: unknown, url: string): IdpFailure | null {
  const cause = error instanceof client.ClientError ? error.cause : undefined;
  if (causeOf(error, IdpFailure) !== null || !(cause instanceof Response)) {
    return null;
  }
  const type = cause.headers.get("content-type") || "no content type";
  return new IdpFailure(
    "unreachable",
    {
      code: "idp_unreachable",
      message: "Where the connection's issuer should have its discovery document there is none.",
      fix: "Check the issuer: it is the URL to which /.well-known/openid-configuration is appended.",
      expected: "HTTP 200, application/json",
      found: `HTTP ${cause.status}, ${type}`,
      detail: url,
    },
    { cause: error },
  );
}

/**
 * A missing or extra slash at the end is forgiven: the document says which it is, and tokens must say the same. Entra ID's
 * multi-tenant issuer stands for every tenant there is, and so for none: a connection belongs to one organization.
 */
function checkMetadata(metadata: client.ServerMetadata, issuer: string): void {
  const same = (left: string, right: string) => left.replace(/\/$/, "") === right.replace(/\/$/, "");
  if (!same(metadata.issuer, issuer)) {
    throw new IdpFailure("unreachable", {
      code: "oidc_issuer_mismatch",
      message: "The discovery document names another issuer than the connection.",
      fix: "Set the connection's issuer to the one in the discovery document; for Entra ID, with your tenant's id.",
      claim: "issuer",
      expected: issuer,
      found: metadata.issuer,
      detail: metadata.issuer,
    });
  }
  for (const name of ["authorization_endpoint", "token_endpoint", "jwks_uri"] as const) {
    const url = metadata[name];
    const scheme = issuer.startsWith("https:") ? /^https:\/\// : /^https?:\/\//;
    if (url === undefined || !scheme.test(url)) {
      throw new IdpFailure("unreachable", {
        code: "oidc_metadata_invalid",
        message: "The discovery document lacks an endpoint, or names one that is not https.",
        fix: "Check the connection's issuer, and the IdP's configuration.",
        claim: name,
        expected: "an https URL",
        found: url ?? null,
        detail: name,
      });
    }
  }
}
