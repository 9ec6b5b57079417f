import { fetchMetadata, MetadataProblem, readMetadata } from "@sallyport/connections/idp-metadata";
import { createLevels, type Levels, type Rule } from "@sallyport/limits";
import { discover, IdpFailure, type IdpFinding } from "@sallyport/oidc-client";
import { readCertificate } from "@sallyport/saml";
import type { z } from "zod";
import type { Context } from "../../context.ts";
import type { ManagementApiDeps } from "../../deps.ts";
import { problem } from "../../errors.ts";
import { findAddressMistake } from "./mistaken-addresses.ts";
import type { idpInspection, newIdpInspection } from "./schema.ts";

type Inspection = z.input<typeof idpInspection>;

/** Of one organization: somebody types, and looks again; nobody is to be flooded by way of the gateway. */
const RULE: Rule = { perSecond: 0.5, atOnce: 30, credit: 0 };
/** Servers that do not answer hold up who asked for them, and nobody else. */
const MOST_AT_ONCE = { organization: 3, all: 24 };

/** Asks an identity provider what it says of itself, as a connection to it would. Nothing is kept. */
export type Inspect = (
  context: Context,
  organizationId: string,
  input: z.output<typeof newIdpInspection>,
) => Promise<Inspection>;

/** Throws `idp_inspections_too_many`. */
export function createInspect({
  now = () => new Date(),
  levels = createLevels({ now }),
}: Partial<Pick<ManagementApiDeps, "levels" | "now">>): Inspect {
  const underWay = new Map<string, number>();
  let all = 0;
  return async (context, organizationId, input) => {
    const mine = underWay.get(organizationId) ?? 0;
    const busy = mine >= MOST_AT_ONCE.organization || all >= MOST_AT_ONCE.all;
    if (busy || isSpent(levels, organizationId)) {
      throw problem("idp_inspections_too_many");
    }
    underWay.set(organizationId, mine + 1);
    all += 1;
    try {
      return "issuer" in input
        ? await inspectIssuer(context, input.issuer)
        : await inspectMetadata(context, input.metadataUrl);
    } finally {
      all -= 1;
      const left = (underWay.get(organizationId) ?? 1) - 1;
      if (left === 0) {
        underWay.delete(organizationId);
      } else {
        underWay.set(organizationId, left);
      }
    }
  };
}

function isSpent(levels: Levels, organizationId: string): boolean {
  const key = `idp-inspections:${organizationId}`;
  if (levels.of(key, RULE) + 1 > RULE.atOnce) {
    return true;
  }
  levels.add(key, RULE, 1);
  return false;
}

async function inspectIssuer({ deps }: Context, issuer: string): Promise<Inspection> {
  const mistaken = findAddressMistake(issuer);
  if (mistaken !== null) {
    return failed(mistaken);
  }
  try {
    const { issuer: named, ...metadata } = await discover(deps.outbound, issuer);
    return {
      oidc: {
        issuer: named,
        authorizationEndpoint: metadata.authorization_endpoint ?? "",
        tokenEndpoint: metadata.token_endpoint ?? "",
      },
      ...{ saml: null, problem: null },
    };
  } catch (error) {
    if (error instanceof IdpFailure) {
      return failed(error.finding);
    }
    throw error;
  }
}

async function inspectMetadata({ deps }: Context, metadataUrl: string): Promise<Inspection> {
  const mistaken = findAddressMistake(metadataUrl);
  if (mistaken !== null) {
    return failed(mistaken);
  }
  const now = deps.now();
  const rules = { entityId: undefined, certificates: undefined, allowSha1: false, now };
  try {
    const { document } = await fetchMetadata(metadataUrl, deps.outbound, rules);
    const { facts } = readMetadata(document, rules);
    return {
      saml: {
        entityId: facts.idpEntityId,
        ssoUrl: facts.ssoUrl,
        certificates: facts.certificates.flatMap((pem) => certificateOf(pem, now)),
      },
      ...{ oidc: null, problem: null },
    };
  } catch (error) {
    if (error instanceof MetadataProblem) {
      return failed(error.problem);
    }
    throw error;
  }
}

function certificateOf(pem: string, now: Date) {
  const result = readCertificate(pem);
  if (!result.ok) {
    return [];
  }
  const { subject, notAfter } = result.certificate;
  return [{ subject, notAfter: notAfter.toISOString(), expired: notAfter <= now }];
}

/** Of what an IdP answered: it is shown, and no more of it than anybody reads. */
const MOST_SHOWN = 300;

function failed({ code, message, fix, claim, expected, found, detail }: IdpFinding): Inspection {
  const shown = (value: unknown) => (typeof value === "string" ? value.slice(0, MOST_SHOWN) : null);
  return {
    ...{ oidc: null, saml: null },
    problem: {
      ...{ code, message, fix, field: claim ?? null },
      ...{ expected: shown(expected), found: shown(found), detail: shown(detail) },
    },
  };
}
