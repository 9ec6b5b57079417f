import type { Organization } from "@sallyport/database";
import { z } from "zod";
import { displayName, id, timestamp } from "../../api/text.ts";
import { domainName } from "../domains/name.ts";
import { newSlug } from "./slug.ts";

export const newOrganization = z
  .strictObject({
    slug: newSlug.meta({
      description:
        "What applications, links and tokens call the organization. Nobody else is given it again, unless it is freed.",
    }),
    name: displayName,
    domains: z
      .array(domainName)
      .max(100)
      .transform((names) => [...new Set(names)])
      .default([])
      .meta({ description: "Email domains, taken as verified: an operator says so." }),
  })
  .meta({ id: "NewOrganization" });

export const organizationPatch = z
  .strictObject({
    slug: newSlug.exactOptional().meta({
      description:
        "Whoever has the slug is the organization to applications: only a key without an organization changes it. The old one stays reserved.",
    }),
    name: displayName.exactOptional(),
  })
  .meta({ id: "OrganizationPatch" });

export const organization = z
  .object({
    id,
    slug: z.string(),
    name: z.string(),
    domains: z.array(z.string()).meta({ description: "The verified domains." }),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: "Organization" });

/** What of an organization's domains its view needs. */
export const withVerifiedDomains = {
  domains: { where: { verifiedName: { not: null } }, select: { name: true }, orderBy: { name: "asc" } },
} as const;

export function organizationView(
  row: Organization & { readonly domains: readonly { readonly name: string }[] },
): z.input<typeof organization> {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    domains: row.domains.map((domain) => domain.name),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
