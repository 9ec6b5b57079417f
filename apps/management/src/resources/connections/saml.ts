import { type ReadSettings, type SamlSettings, samlSettings } from "@sallyport/connections";
import {
  fetchMetadata,
  IDP_FACTS,
  METADATA_UNAVAILABLE,
  MetadataProblem,
  readMetadata,
  withFacts,
  withoutFacts,
} from "@sallyport/connections/idp-metadata";
import type { Outbound } from "@sallyport/outbound";
import { readCertificate } from "@sallyport/saml";
import { problem } from "../../errors.ts";
import type { SamlInput } from "./schema.ts";

/**
 * The settings that the input makes of what there was (nothing, for a new connection). Metadata is fetched and read
 * here; the IdP itself is not asked. Throws `metadata_unavailable`, `metadata_invalid`, `certificate_invalid`.
 */
export async function samlSettingsFrom(
  input: SamlInput,
  current: SamlSettings | undefined,
  outbound: Outbound,
  now: Date,
): Promise<ReadSettings> {
  const { metadataXml, metadataUrl, metadataCertificates, certificates, ...given } = input;
  const stated: Partial<SamlSettings> = {
    ...given,
    ...(certificates === undefined ? {} : { certificates: pemsOf(certificates, "certificates") }),
    ...(input.signRequests === undefined ? {} : { signRequestsByHand: true }),
  };
  if (metadataXml === undefined && metadataUrl === undefined) {
    return { settings: byHand(current ?? {}, stated) };
  }
  const {
    metadataUrl: _,
    ssoBindingByHand: _sso,
    sloBindingByHand: _slo,
    ...behaviour
  } = withoutFacts(current ?? {});
  const base = { ...behaviour, ...stated, ...signersOf(metadataCertificates, behaviour) };
  const rules = {
    entityId: input.idpEntityId,
    certificates: base.metadataCertificates,
    allowSha1: base.allowSha1 ?? false,
    now,
  };
  if (metadataUrl !== undefined) {
    const field = "saml.metadataUrl";
    const reading = await asProblem(field, async () =>
      readMetadata((await fetchMetadata(metadataUrl, outbound, rules)).document, rules),
    );
    return { settings: samlSettings.parse({ ...withFacts(base, reading.facts), metadataUrl }), reading };
  }
  const reading = await asProblem("saml.metadataXml", () => readMetadata(metadataXml ?? "", rules));
  return { settings: samlSettings.parse(withFacts(base, reading.facts)) };
}

/**
 * Facts stated by hand must not be overwritten when the metadata URL is fetched again: they end that. A binding is no fact
 * but a choice among what the metadata offers, which goes on being followed.
 */
function byHand(current: Partial<SamlSettings>, stated: Partial<SamlSettings>): SamlSettings {
  const { metadataUrl, ...unlinked } = current;
  const stays =
    metadataUrl !== undefined && IDP_FACTS.every((fact) => CHOICES.has(fact) || stated[fact] === undefined);
  if (!stays) {
    return samlSettings.parse({ ssoBinding: "redirect", ...unlinked, ...stated });
  }
  return samlSettings.parse({
    ...current,
    ...stated,
    ...(stated.ssoBinding === undefined ? {} : { ssoBindingByHand: true }),
    ...(stated.sloBinding === undefined ? {} : { sloBindingByHand: true }),
  });
}

const CHOICES: ReadonlySet<string> = new Set(["ssoBinding", "sloBinding"]);

/** Who signs the metadata: as before, unless it is said anew. An empty list: nobody has to. */
function signersOf(given: readonly string[] | undefined, current: Partial<SamlSettings>) {
  if (given === undefined) {
    return { metadataCertificates: current.metadataCertificates };
  }
  const pems = pemsOf(given, "metadataCertificates");
  return { metadataCertificates: pems.length === 0 ? undefined : pems };
}

function pemsOf(texts: readonly string[], field: string): string[] {
  return texts.map((text, index) => {
    const result = readCertificate(text);
    if (result.ok) {
      return result.certificate.pem;
    }
    throw problem("certificate_invalid", {
      field: `saml.${field}.${index}`,
      reason: reasonOf(result),
    });
  });
}

async function asProblem<Result>(field: string, work: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof MetadataProblem)) {
      throw error;
    }
    const { code } = error.problem;
    const reason = reasonOf(error.problem);
    throw problem(code === METADATA_UNAVAILABLE ? "metadata_unavailable" : "metadata_invalid", {
      field,
      reason,
      cause: error,
    });
  }
}

/** What happened, with the values that disagreed (which entity IDs the metadata holds, when it expired), and what to do. */
function reasonOf({ message, detail, fix }: { message: string; detail?: string; fix: string }): string {
  return [message, ...(detail === undefined ? [] : [`(${detail})`]), fix].join(" ");
}
