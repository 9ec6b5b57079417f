import { type SamlSettings, samlSettings } from "@sallyport/connections";
import { type Outbound, OutboundError } from "@sallyport/outbound";
import { type IdpMetadata, parseIdpMetadata, readCertificate } from "@sallyport/saml";
import { secureUrl } from "../../api/text.ts";
import { problem } from "../../errors.ts";
import type { SamlInput } from "./schema.ts";

/** What settings say of the IdP itself; the rest is how this side behaves towards it. */
const IDP_FACTS = [
  "idpEntityId",
  "ssoUrl",
  "ssoBinding",
  "sloUrl",
  "sloBinding",
  "sloResponseUrl",
  "certificates",
] as const;

type FactsOfMetadata = Partial<Pick<SamlSettings, (typeof IDP_FACTS)[number] | "signRequests">>;

/**
 * The settings that the input makes of what there was (nothing, for a new connection). Metadata is fetched and read
 * here; the IdP itself is not asked. Throws `metadata_unavailable`, `metadata_invalid`, `certificate_invalid`.
 */
export async function samlSettingsFrom(
  input: SamlInput,
  current: SamlSettings | undefined,
  outbound: Outbound,
  now: Date,
): Promise<SamlSettings> {
  const { metadataXml, metadataUrl, ...explicit } = input;
  if (metadataUrl !== undefined) {
    const xml = await fetchMetadata(metadataUrl, outbound);
    const facts = factsOf(xml, "saml.metadataUrl", input.idpEntityId, now);
    return settled(withoutFacts(current), { ...facts, ...explicit, metadataUrl });
  }
  if (metadataXml !== undefined) {
    const facts = factsOf(metadataXml, "saml.metadataXml", input.idpEntityId, now);
    return settled(withoutFacts(current), { ...facts, ...explicit });
  }
  const certificates = input.certificates?.map(pemOf);
  const stated = certificates === undefined ? explicit : { ...explicit, certificates };
  // Facts stated by hand must not be overwritten by the next look at a metadata URL.
  const byHand = IDP_FACTS.some((fact) => stated[fact] !== undefined);
  const { metadataUrl: _, ...unlinked } = current ?? {};
  return settled(byHand ? unlinked : (current ?? {}), stated);
}

function withoutFacts(current: Partial<SamlSettings> = {}): Partial<SamlSettings> {
  const { metadataUrl: _, ...kept } = current;
  for (const fact of IDP_FACTS) delete kept[fact];
  return kept;
}

function settled(base: object, changes: object): SamlSettings {
  return samlSettings.parse({ ssoBinding: "redirect", ...base, ...changes });
}

async function fetchMetadata(url: string, outbound: Outbound): Promise<string> {
  const field = "saml.metadataUrl";
  try {
    const response = await outbound.fetch(url, {
      headers: { accept: "application/samlmetadata+xml, application/xml, text/xml" },
    });
    if (response.ok) return await response.text();
    throw problem("metadata_unavailable", { field, reason: `The server answered ${response.status}.` });
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    throw problem("metadata_unavailable", { field, reason: error.message, cause: error });
  }
}

function factsOf(xml: string, field: string, entityId: string | undefined, now: Date): FactsOfMetadata {
  const result = parseIdpMetadata(xml, { now, ...(entityId === undefined ? {} : { entityId }) });
  if (!result.ok) {
    // The advice of codes that are not metadata's own is for a login that failed.
    const advice = result.code.includes("metadata") ? ` ${result.fix}` : "";
    throw problem("metadata_invalid", { field, reason: `${result.message}${advice}` });
  }
  const { metadata } = result;
  const { redirect, post } = metadata.ssoUrls;
  const ssoUrl = redirect ?? post;
  if (!secureUrl.safeParse(ssoUrl).success || ssoUrl === undefined) {
    throw problem("metadata_invalid", { field, reason: "Its single sign-on URL is not an https URL." });
  }
  return {
    idpEntityId: metadata.entityId,
    ssoUrl,
    ssoBinding: redirect === undefined ? "post" : "redirect",
    ...singleLogoutOf(metadata),
    certificates: metadata.signingCertificates.map((certificate) => certificate.pem),
    ...(metadata.wantAuthnRequestsSigned ? { signRequests: true } : {}),
  };
}

/** Redirect where there is a choice: IdPs open it in frames, too, in which a form of ours would not be shown. */
function singleLogoutOf({ sloUrls, sloResponseUrls }: IdpMetadata): FactsOfMetadata {
  for (const sloBinding of ["redirect", "post"] as const) {
    const url = secureUrl.safeParse(sloUrls[sloBinding]);
    if (!url.success) continue;
    const response = secureUrl.safeParse(sloResponseUrls[sloBinding]);
    return { sloUrl: url.data, sloBinding, ...(response.success ? { sloResponseUrl: response.data } : {}) };
  }
  return {};
}

function pemOf(text: string, index: number): string {
  const result = readCertificate(text);
  if (result.ok) return result.certificate.pem;
  throw problem("certificate_invalid", {
    field: `saml.certificates.${index}`,
    reason: `${result.message} ${result.fix}`,
  });
}
