import type { IdpEndpoints, IdpMetadata } from "@sallyport/saml";
import { z } from "zod";
import { type SamlSettings, samlSettings } from "../settings.ts";
import { isSecureUrl } from "../urls.ts";
import { MetadataProblem } from "./problem.ts";

const url = z.string().optional();
const endpointsByBinding = z.strictObject({ redirect: url, post: url });

const FACTS = {
  idpEntityId: true,
  ssoUrl: true,
  ssoBinding: true,
  sloUrl: true,
  sloBinding: true,
  sloResponseUrl: true,
  certificates: true,
} as const;

/** The settings that are facts of the IdP; the rest is how this side behaves towards it. */
export const IDP_FACTS = Object.keys(FACTS) as (keyof typeof FACTS)[];

/** What metadata says of an IdP, in the words of a connection's settings. */
export const idpFacts = samlSettings.pick(FACTS).extend({
  wantsSignedRequests: z.boolean(),
  /** By binding, for connections that have chosen theirs. What was held back before it was kept has none. */
  endpoints: z
    .strictObject({ sso: endpointsByBinding, slo: endpointsByBinding, sloResponse: endpointsByBinding })
    .optional(),
});

export type IdpFacts = z.infer<typeof idpFacts>;

/** As many as may be given by hand: each of them is tried on a login that none verifies. */
const MAX_CERTIFICATES = 20;
// What may be given by hand, too: in one line, since it is shown and logged.
const PRINTABLE = /^[^\p{Cc}\p{Cs}]+$/u;
const MAX_ENTITY_ID = 1024; // SAML 2.0 Metadata, section 2.2.1
const MAX_URL = 2048;

/** Throws `MetadataProblem` where the metadata is sound, but not good enough to be followed. */
export function factsOf(metadata: IdpMetadata): IdpFacts {
  if (metadata.entityId.length > MAX_ENTITY_ID || !PRINTABLE.test(metadata.entityId)) {
    throw new MetadataProblem({
      code: "metadata_entity_id_malformed",
      message: `The entity ID is longer than ${MAX_ENTITY_ID} characters, or holds line ends or the like.`,
      fix: "Give the identity provider a plain entity ID, and export its metadata again.",
    });
  }
  const sso = endpointOf(metadata.ssoUrls);
  if (sso === undefined) {
    throw new MetadataProblem({
      code: "metadata_sso_insecure",
      message: "The metadata has no single sign-on URL over https.",
      fix: "Serve the identity provider over https, and export its metadata again.",
    });
  }
  const certificates = metadata.signingCertificates.map(({ pem }) => pem);
  if (certificates.length > MAX_CERTIFICATES) {
    throw new MetadataProblem({
      code: "metadata_certificates_too_many",
      message: `The metadata has ${certificates.length} signing certificates; ${MAX_CERTIFICATES} are taken.`,
      fix: "Remove from the identity provider the keys that it does not sign with any more.",
    });
  }
  return {
    idpEntityId: metadata.entityId,
    ssoUrl: sso.url,
    ssoBinding: sso.binding,
    ...singleLogoutOf(metadata),
    certificates,
    wantsSignedRequests: metadata.wantAuthnRequestsSigned,
    endpoints: {
      sso: usableOf(metadata.ssoUrls),
      slo: usableOf(metadata.sloUrls),
      sloResponse: usableOf(metadata.sloResponseUrls),
    },
  };
}

function usableOf({ redirect, post }: IdpEndpoints): z.infer<typeof endpointsByBinding> {
  return {
    ...(redirect !== undefined && isUsable(redirect) ? { redirect } : {}),
    ...(post !== undefined && isUsable(post) ? { post } : {}),
  };
}

/** Redirect where there is a choice: IdPs open it in frames, too, in which our form would not be shown. */
function endpointOf(urls: IdpEndpoints) {
  for (const binding of ["redirect", "post"] as const) {
    const url = urls[binding];
    if (url !== undefined && isUsable(url)) {
      return { binding, url };
    }
  }
  return undefined;
}

function isUsable(url: string): boolean {
  return url.length <= MAX_URL && PRINTABLE.test(url) && isSecureUrl(url);
}

function singleLogoutOf({ sloUrls, sloResponseUrls }: IdpMetadata) {
  const slo = endpointOf(sloUrls);
  if (slo === undefined) {
    return {};
  }
  const response = sloResponseUrls[slo.binding];
  return {
    sloUrl: slo.url,
    sloBinding: slo.binding,
    ...(response !== undefined && isUsable(response) ? { sloResponseUrl: response } : {}),
  };
}

/** The settings without what metadata says. */
export function withoutFacts(settings: Partial<SamlSettings>): Partial<SamlSettings> {
  const kept = { ...settings };
  for (const fact of IDP_FACTS) {
    delete kept[fact];
  }
  return kept;
}

/** The settings with these facts in place of their own. What an operator has set by hand stays as it is. */
export function withFacts<Settings extends Partial<SamlSettings>>(
  settings: Settings,
  { wantsSignedRequests, endpoints, ...facts }: IdpFacts,
) {
  const sign = wantsSignedRequests && settings.signRequestsByHand !== true;
  return {
    ...withoutFacts(settings),
    ...facts,
    ...chosenEndpoints(settings, facts, endpoints),
    ...(sign ? { signRequests: true } : {}),
  };
}

/** The endpoints for the bindings that an operator has chosen. Where the metadata has none, many IdPs take both at one. */
function chosenEndpoints(
  settings: Partial<SamlSettings>,
  facts: Pick<IdpFacts, "ssoUrl" | "sloUrl" | "sloResponseUrl">,
  endpoints: IdpFacts["endpoints"],
): Partial<SamlSettings> {
  const { ssoBinding, ssoBindingByHand, sloBinding, sloBindingByHand } = settings;
  const chosen: Partial<SamlSettings> = {};
  if (ssoBindingByHand === true && ssoBinding !== undefined) {
    chosen.ssoBinding = ssoBinding;
    chosen.ssoUrl = endpoints?.sso[ssoBinding] ?? facts.ssoUrl;
  }
  if (sloBindingByHand === true && sloBinding !== undefined && facts.sloUrl !== undefined) {
    chosen.sloBinding = sloBinding;
    chosen.sloUrl = endpoints?.slo[sloBinding] ?? facts.sloUrl;
    const response = endpoints?.sloResponse[sloBinding] ?? facts.sloResponseUrl;
    if (response !== undefined) {
      chosen.sloResponseUrl = response;
    }
  }
  return chosen;
}
