import type { OidcClient } from "@sallyport/oidc-client";
import { IdpFailure, type IdpFinding } from "@sallyport/oidc-client";
import { authorizationFailure } from "./failure.ts";

const ONCE = ["code", "error", "error_description", "iss", "state", "response"];

/**
 * Why an authorization response is not accepted (RFC 6749 §4.1.2, RFC 9207 §2.4), as openid-client judges it. Decides
 * nothing. Null where nothing is wrong with it.
 */
export function explainCallback(
  parameters: URLSearchParams,
  { issuer, authorization_response_iss_parameter_supported: announced }: OidcClient["metadata"],
): IdpFailure | null {
  const repeated = ONCE.find((name) => parameters.getAll(name).length > 1);
  if (repeated !== undefined) {
    return invalid("oidc_parameter_repeated", "The IdP's answer has a parameter twice.", {
      fix: "Look for what changes addresses between the IdP and the gateway, and at the IdP's own log.",
      claim: repeated,
    });
  }
  const iss = parameters.get("iss");
  if (iss !== null ? iss !== issuer : announced === true) {
    return invalid("oidc_issuer_parameter_mismatch", "The answer does not say that it comes from this IdP.", {
      fix: "Set the connection's issuer to the one that the IdP names, where that is the IdP. The parameter `iss` guards against an answer of another IdP (RFC 9207).",
      claim: "iss",
      expected: issuer,
      found: iss,
    });
  }
  const error = parameters.get("error");
  if (error) {
    return authorizationFailure(error, parameters.get("error_description") ?? undefined);
  }
  const foreign = ["response", "id_token", "token"].find((name) => parameters.has(name));
  if (foreign !== undefined) {
    return invalid("oidc_response_unexpected", "The IdP answered by another flow than it was asked for.", {
      fix: "In the IdP, use the authorization code grant with plain query parameters for this application.",
      claim: foreign,
      expected: "code",
    });
  }
  if (!parameters.get("code")) {
    return invalid("oidc_code_missing", "The IdP's answer has neither a code nor an error.", {
      fix: "Look for what changes addresses between the IdP and the gateway, and at the IdP's own log.",
      claim: "code",
    });
  }
  return null;
}

function invalid(code: string, message: string, more: Omit<IdpFinding, "code" | "message">): IdpFailure {
  return new IdpFailure("invalid", { code, message, ...more });
}
