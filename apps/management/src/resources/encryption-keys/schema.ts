import { z } from "zod";

const encryptionKey = z
  .object({
    id: z.string().meta({ description: "The first 8 hex digits of the key's SHA-256." }),
    use: z.enum(["current", "older", "missing"]).meta({
      description:
        "`current` seals what is new; `older` opens what it sealed; `missing` is not in SALLYPORT_ENCRYPTION_KEYS, although something needs it.",
    }),
    needed: z.int().meta({ description: "How many stored values only this key opens." }),
    neededBy: z.record(z.string(), z.int()).meta({ description: "The same by where they are stored." }),
    retirable: z.boolean().meta({ description: "Whether it can be taken out of the ring." }),
  })
  .meta({ id: "EncryptionKey" });

export const encryptionKeys = z.object({ items: z.array(encryptionKey) }).meta({ id: "EncryptionKeys" });
