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
    distrustedAt: timestamp.nullable().meta({
      description: "Since then it is in no JWKS, and no token that it signed is good.",
    }),
  })
  .meta({ id: "SigningKey" });

export const rotation = z
  .strictObject({
    immediately: z.boolean().default(false).meta({
      description:
        "Let the new key sign at once. Otherwise it is published first, so that no app meets a token whose key it does not know. Either way the present key stays in the JWKS, and what it signed stays good: when somebody else may have that key, distrust it instead.",
    }),
  })
  .meta({ id: "SigningKeyRotation" })
  .prefault({});

export const rotated = z
  .object({
    id: z.string().meta({ description: "The new ES256 key." }),
    keys: z
      .array(z.object({ id: z.string(), algorithm: z.string() }))
      .meta({ description: "The new key for each algorithm." }),
  })
  .meta({ id: "RotatedSigningKey" });

export function signingKeyView(row: SigningKey): z.input<typeof signingKey> {
  return {
    id: row.id,
    algorithm: row.algorithm,
    createdAt: row.createdAt.toISOString(),
    retiredAt: row.retiredAt?.toISOString() ?? null,
    distrustedAt: row.distrustedAt?.toISOString() ?? null,
  };
}
