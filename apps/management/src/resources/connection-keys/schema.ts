import type { ConnectionKey } from "@sallyport/database";
import { z } from "zod";
import { id, timestamp } from "../../api/text.ts";
import { certificate, certificateView } from "../connections/certificate.ts";

export const connectionKey = z
  .object({
    id,
    state: z.enum(["signing", "standby", "retired"]).meta({
      description:
        "`signing` signs what is sent to the identity provider, and decrypts; `standby` only decrypts. Both are in the connection's metadata. `retired` does nothing any more: its private key is gone.",
    }),
    certificate: z.string().meta({ description: "PEM, for an identity provider that reads no metadata." }),
    ...certificate.shape,
    createdAt: timestamp,
    metadataReadAt: timestamp.nullable().meta({
      description:
        "When the metadata that lists the key was first read, by anybody: the event `connection.key_metadata_read` holds the address. Until then the identity provider cannot know the key from there.",
    }),
    retiredAt: timestamp.nullable(),
  })
  .meta({ id: "ConnectionKey" });

export const keyActivation = z
  .strictObject({
    force: z.boolean().default(false).meta({
      description:
        "Also where nobody has read the metadata that lists the key: the identity provider was given the certificate by hand, or the old key must not sign one time more.",
    }),
  })
  .meta({ id: "ConnectionKeyActivation" })
  .prefault({});

type Row = Omit<ConnectionKey, "privateKey">;

export function connectionKeyView(row: Row, now: Date): z.input<typeof connectionKey> {
  return {
    id: row.id,
    state: stateOf(row),
    certificate: row.certificate,
    ...certificateView(row.certificate, now),
    createdAt: row.createdAt.toISOString(),
    metadataReadAt: row.metadataReadAt?.toISOString() ?? null,
    retiredAt: row.retiredAt?.toISOString() ?? null,
  };
}

function stateOf({ signs, retiredAt }: Row) {
  if (retiredAt !== null) {
    return "retired";
  }
  return signs ? "signing" : "standby";
}
