import type { Domain } from "@sallyport/database";
import { challengeRecord } from "@sallyport/domains";
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
    lastCheck: z
      .object({
        at: timestamp,
        outcome: z.enum(["missing", "unavailable", "taken"]).meta({
          description:
            "`missing`: the record was not there. `unavailable`: the DNS did not answer. `taken`: it was there, but the domain counts for another organization.",
        }),
      })
      .nullable()
      .meta({ description: "The last look for the record, by the gateway itself or asked for." }),
    nextCheckAt: timestamp.nullable().meta({
      description:
        "When the gateway looks for the record by itself: at first each minute, then less and less often, until a week after the domain was added.",
    }),
    createdAt: timestamp,
  })
  .meta({ id: "Domain" });

export function domainView(row: Domain): z.input<typeof domain> {
  return {
    id: row.id,
    name: row.name,
    verified: row.verifiedName !== null,
    verifiedAt: row.verifiedAt?.toISOString() ?? null,
    record: challengeRecord(row),
    lastCheck:
      row.checkedAt === null || row.checkOutcome === null
        ? null
        : { at: row.checkedAt.toISOString(), outcome: row.checkOutcome },
    nextCheckAt: row.nextCheckAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}
