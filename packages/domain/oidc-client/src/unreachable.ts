import { OutboundError } from "@sallyport/outbound";
import { causeOf, IdpFailure } from "./failure.ts";

const CHECK_ISSUER =
  "Check the issuer URL, and that its discovery document and endpoints are reachable from the gateway.";

/** What to do where a connection was not made, by Node's code of why. */
const FIXES: Readonly<Record<string, string>> = {
  ENOTFOUND: "Check the host name for typing errors, and that public DNS knows it.",
  ECONNREFUSED: "Check the port, and that the IdP is running.",
  CERT_HAS_EXPIRED: "Renew the IdP's TLS certificate.",
  DEPTH_ZERO_SELF_SIGNED_CERT: "Give the IdP a TLS certificate of a public authority.",
  SELF_SIGNED_CERT_IN_CHAIN: "Give the IdP a TLS certificate of a public authority.",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "Have the IdP send its intermediate certificates, too.",
  ERR_TLS_CERT_ALTNAME_INVALID: "Give the IdP a TLS certificate for this host name.",
};

/** Why an IdP could not be asked, or what it answered where that is known. */
export function unreachable(error: unknown): IdpFailure {
  const failure = causeOf(error, IdpFailure);
  if (failure !== null) {
    return failure;
  }
  const outbound = causeOf(error, OutboundError);
  const reason = outbound?.reason;
  return new IdpFailure(
    "unreachable",
    {
      code: "idp_unreachable",
      message: "The IdP could not be reached, or did not answer as it should.",
      fix: (reason === undefined ? undefined : FIXES[reason]) ?? CHECK_ISSUER,
      detail: outbound?.message ?? (error instanceof Error ? error.message : String(error)),
    },
    { cause: error },
  );
}
