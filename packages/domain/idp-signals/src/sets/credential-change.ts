import { z } from "zod";
import { CREDENTIAL_CHANGE } from "./event-types.ts";
import type { SecurityEvent } from "./set.ts";

const CREDENTIAL_TYPES = [
  "password",
  "pin",
  "x509",
  "fido2-platform",
  "fido2-roaming",
  "fido-u2f",
  "verifiable-credential",
  "phone-voice",
  "phone-sms",
  "app",
] as const;

/** The values of CAEP 1.0, section 3.3.1. What else an IdP says of a credential (its name, its number) stays here. */
const shape = z.object({
  credential_type: z.enum(CREDENTIAL_TYPES),
  change_type: z.enum(["create", "revoke", "update", "delete"]),
});

export interface CredentialChange {
  readonly credentialType: string;
  readonly changeType: string;
}

/** What a `credential-change` says; null of other events, and where it says nothing that CAEP knows. */
export function credentialChangeOf({ type, event }: SecurityEvent): CredentialChange | null {
  const { data } = shape.safeParse(event);
  return type !== CREDENTIAL_CHANGE || data === undefined
    ? null
    : { credentialType: data.credential_type, changeType: data.change_type };
}
