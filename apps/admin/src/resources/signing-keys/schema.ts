import type { SigningKey } from "@sallyport/database";
import { z } from "zod";
import { timestamp } from "../../api/text.ts";

export const signingKey = z
  .object({
    id: z.string().meta({ description: "The `kid`." }),
    algorithm: z.string(),
    createdAt: timestamp,
    retiredAt: timestamp.nullable().meta({
      description: "From then on another key signs; it stays in the JWKS while its tokens may live.",
    }),
  })
  .meta({ id: "SigningKey" });

export const rotation = z
  .strictObject({
    immediately: z.boolean().default(false).meta({
      description:
        "Let the new key sign at once, because the present one is no longer to be trusted. Otherwise it is published first, so that no app meets a token whose key it does not know.",
    }),
  })
  .meta({ id: "SigningKeyRotation" })
  .prefault({});

export const rotated = z.object({ id: z.string() }).meta({ id: "RotatedSigningKey" });

export function signingKeyView(row: SigningKey): z.input<typeof signingKey> {
  return {
    id: row.id,
    algorithm: row.algorithm,
    createdAt: row.createdAt.toISOString(),
    retiredAt: row.retiredAt?.toISOString() ?? null,
  };
}
