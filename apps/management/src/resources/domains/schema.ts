import type { Domain } from "@sallyport/database";
import { z } from "zod";
import { id, timestamp } from "../../api/text.ts";
import { domainName } from "./name.ts";

export const newDomain = z.strictObject({ name: domainName }).meta({ id: "NewDomain" });

export const domain = z
  .object({
    id,
    name: z.string().meta({ description: "Lower case, punycode." }),
    verified: z.boolean().meta({ description: "Only a verified domain counts." }),
    verifiedAt: timestamp.nullable(),
    record: z
      .object({ type: z.literal("TXT"), name: z.string(), value: z.string() })
      .meta({ description: "In the DNS this shows that the domain is the organization's own." }),
    createdAt: timestamp,
  })
  .meta({ id: "Domain" });

/** The record that proves a domain. Its name is one below the domain, where nothing else is looked for. */
export function challengeRecord({ name, challenge }: Pick<Domain, "name" | "challenge">) {
  return {
    type: "TXT" as const,
    name: `_sallyport-challenge.${name}`,
    value: `sallyport-domain-verification=${challenge}`,
  };
}

export function domainView(row: Domain): z.input<typeof domain> {
  return {
    id: row.id,
    name: row.name,
    verified: row.verifiedName !== null,
    verifiedAt: row.verifiedAt?.toISOString() ?? null,
    record: challengeRecord(row),
    createdAt: row.createdAt.toISOString(),
  };
}
