import { keyUsage } from "@sallyport/encryption-keys";
import { type Endpoint, gatewayEndpoint } from "../../api/endpoint.ts";
import { encryptionKeys } from "./schema.ts";

export const encryptionKeyEndpoints: readonly Endpoint[] = [
  gatewayEndpoint({
    operationId: "listEncryptionKeys",
    method: "get",
    path: "/encryption-keys",
    permission: "encryption_keys.read",
    tag: "Encryption keys",
    summary: "List the keys that secrets at rest are sealed under, and what still needs each",
    description:
      "The ring of the process that answers, newest first, then keys that are missing from it. What older keys sealed is sealed anew within an hour, and at each start of the reconciler.",
    status: 200,
    reply: encryptionKeys,
    handle: async ({ deps }) => ({ items: await keyUsage(deps.database.sql, deps.secrets) }),
  }),
];
