import type { Organization } from "@sallyport/database";
import { z } from "zod";
import { pageQuery } from "../../api/page.ts";
import { displayName, id, text, timestamp } from "../../api/text.ts";
import { domainName } from "../domains/name.ts";
import { newSlug } from "./slug.ts";

const signIn = z.enum(["justInTime", "directory"]);
const rolesFrom = z.enum(["directory", "directoryAndSignIn"]);

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
    signIn: signIn.exactOptional().meta({
      description:
        "Who may sign in. `justInTime`: everybody whom the identity provider lets in. `directory`: only people whom a directory knows; `GET …/sign-in-policy/plan` shows in advance who could no longer sign in.",
    }),
    rolesFrom: rolesFrom.exactOptional().meta({
      description:
        "The source of roles of people whom a directory manages: its groups only, or also the groups that the identity provider asserts at sign-in.",
    }),
    expectedLockedOut: z.int().min(0).exactOptional().meta({
      description:
        "With `signIn: directory`: how many members you expect to lock out. With any other number in truth nothing changes.",
    }),
  })
  .meta({ id: "OrganizationPatch" });

export const organizationsQuery = pageQuery.extend({
  search: text(200).exactOptional().meta({
    description: "Only those with this in their name, their slug or a domain, whatever its case.",
  }),
});

export type OrganizationsQuery = z.output<typeof organizationsQuery>;

const lockedOut = z.object({
  memberId: id,
  userId: id,
  email: z.string().nullable(),
  name: z.string().nullable(),
  source: z.enum(["directory", "jit", "manual"]),
});

export const signInPlanQuery = z.strictObject({
  after: id.exactOptional().meta({ description: "`nextAfter` of the page before." }),
  limit: pageQuery.shape.limit,
});

export const signInPlan = z
  .object({
    count: z.int().meta({ description: "How many members could sign in no longer." }),
    items: z.array(lockedOut),
    nextAfter: id.nullable(),
  })
  .meta({ id: "SignInPlan" });

export const organization = z
  .object({
    id,
    slug: z.string(),
    name: z.string(),
    domains: z.array(z.string()).meta({ description: "The verified domains." }),
    signIn,
    rolesFrom,
    forOperators: z.boolean().meta({ description: "Whether its members may be operators of the gateway." }),
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
    signIn: row.signIn,
    rolesFrom: row.rolesFrom,
    forOperators: row.forOperators,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
