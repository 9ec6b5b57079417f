import { z } from "zod";
import { timestamp } from "../../api/text.ts";

const url = z.url({ protocol: /^https?$/ }).max(2048);

export const newIdpInspection = z
  .union([
    z.strictObject({ issuer: url.meta({ description: "Of an OpenID Provider." }) }),
    z.strictObject({ metadataUrl: url.meta({ description: "Of a SAML identity provider." }) }),
  ])
  .meta({ id: "NewIdpInspection" });

const certificate = z.object({ subject: z.string(), notAfter: timestamp, expired: z.boolean() });

export const idpInspection = z
  .object({
    oidc: z
      .object({
        issuer: z
          .string()
          .meta({ description: "As the document names it, which is what ID tokens must say." }),
        authorizationEndpoint: z.string(),
        tokenEndpoint: z.string(),
      })
      .nullable(),
    saml: z
      .object({ entityId: z.string(), ssoUrl: z.string(), certificates: z.array(certificate) })
      .nullable(),
    problem: z
      .object({
        code: z.string().meta({ description: "Stable." }),
        message: z.string(),
        fix: z.string(),
        field: z.string().nullable().meta({ description: "What of the document is missing or wrong." }),
        expected: z.string().nullable(),
        found: z.string().nullable(),
        detail: z.string().nullable(),
      })
      .nullable()
      .meta({ description: "Why a connection could not be made of it. Then `oidc` and `saml` are null." }),
  })
  .meta({ id: "IdpInspection" });
