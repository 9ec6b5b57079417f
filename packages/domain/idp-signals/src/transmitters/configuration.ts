import { isSecureUrl } from "@sallyport/connections";
import { z } from "zod";
import { type Asking, askTransmitter } from "../ask.ts";
import { SignalFailure } from "../failure.ts";

/** What a transmitter says of itself (SSF 1.0, section 7.1), as far as it is used. Every URL is secure. */
export const transmitterConfiguration = z.object({
  jwksUri: z.string().optional(),
  configurationEndpoint: z.string().optional(),
  statusEndpoint: z.string().optional(),
  verificationEndpoint: z.string().optional(),
  /** URNs; empty: it does not say. */
  deliveryMethods: z.array(z.string()),
  specVersion: z.string().optional(),
});
export type TransmitterConfiguration = z.infer<typeof transmitterConfiguration>;

const url = z.string().max(2_048).refine(isSecureUrl, "is no https URL without credentials").optional();
const document = z
  .object({
    issuer: z.string().max(2_048),
    jwks_uri: url,
    configuration_endpoint: url,
    status_endpoint: url,
    verification_endpoint: url,
    delivery_methods_supported: z.array(z.string().max(200)).max(20).optional(),
    spec_version: z.string().max(20).optional(),
  })
  .transform((said) => ({
    issuer: said.issuer,
    configuration: {
      jwksUri: said.jwks_uri,
      configurationEndpoint: said.configuration_endpoint,
      statusEndpoint: said.status_endpoint,
      verificationEndpoint: said.verification_endpoint,
      deliveryMethods: said.delivery_methods_supported ?? [],
      specVersion: said.spec_version,
    } satisfies TransmitterConfiguration,
  }));

const WELL_KNOWN = "/.well-known/ssf-configuration";

/** Where a transmitter describes itself: between host and path of its issuer (SSF 1.0, section 7.2). Null: it is no such URL. */
export function configurationUrl(issuer: string): string | null {
  if (!isSecureUrl(issuer) || /[?#]/.test(issuer)) {
    return null;
  }
  const { origin, pathname } = new URL(issuer);
  return origin + WELL_KNOWN + pathname.replace(/\/$/, "");
}

/** Whether anything can be looked up by this issuer. */
export function isTransmitterUrl(issuer: string): boolean {
  return configurationUrl(issuer) !== null;
}

/** Reads what a transmitter says of itself. Throws `SignalFailure`. */
export async function readConfiguration(outbound: Asking, issuer: string): Promise<TransmitterConfiguration> {
  const from = configurationUrl(issuer);
  if (from === null) {
    throw new SignalFailure(
      "transmitter_invalid",
      "The issuer is no https URL without query and fragment: nothing can be looked up there. Give jwksUri by hand.",
    );
  }
  const { body } = await askTransmitter(outbound, { url: from });
  const parsed = document.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const member = issue?.path.join(".") || "the document";
    throw new SignalFailure("transmitter_invalid", `${from}: ${member} cannot be used (${issue?.message}).`);
  }
  if (parsed.data.issuer !== issuer) {
    throw new SignalFailure(
      "transmitter_invalid",
      `${from} describes another issuer than the connection names: compare the two by the letter, slashes included.`,
    );
  }
  return parsed.data.configuration;
}
