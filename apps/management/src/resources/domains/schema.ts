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
    createdAt: timestamp,
  })
  .meta({ id: "Domain" });

export function domainView(row: Domain): z.input<typeof domain> {
  return {
    id: row.id,
    name: row.name,
    verified: row.verifiedName !== null,
    verifiedAt: row.verifiedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}
