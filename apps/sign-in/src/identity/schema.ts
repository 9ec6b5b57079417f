import { z } from "zod";
import { NORMALIZE_WARNINGS, type NormalizedIdentity } from "./normalized-identity.ts";

const date = z.iso.datetime().transform((text) => new Date(text));
const text = z.string();

/** A normalized identity that went through JSON, as a login keeps it that waits at a further step. */
export const normalizedIdentity: z.ZodType<NormalizedIdentity> = z.strictObject({
  issuer: text,
  subject: text,
  email: text.exactOptional(),
  emailVerified: z.boolean().nullable(),
  name: text.exactOptional(),
  givenName: text.exactOptional(),
  familyName: text.exactOptional(),
  username: text.exactOptional(),
  groups: z.array(text),
  directoryKey: z
    .strictObject({ attribute: z.enum(["externalId", "userName"]), value: text })
    .exactOptional(),
  groupsComplete: z.boolean(),
  amr: z.array(text),
  acr: text.exactOptional(),
  authTime: date.nullable(),
  sessionEnd: date.exactOptional(),
  idpSession: z
    .union([
      z.strictObject({
        nameId: text,
        format: text,
        nameQualifier: text.exactOptional(),
        spNameQualifier: text.exactOptional(),
        sessionIndex: text.exactOptional(),
      }),
      z.strictObject({ sid: text.exactOptional(), idToken: text.exactOptional() }),
    ])
    .exactOptional(),
  warnings: z.array(
    z.strictObject({
      code: z.custom<keyof typeof NORMALIZE_WARNINGS>(
        (code) => typeof code === "string" && Object.hasOwn(NORMALIZE_WARNINGS, code),
      ),
      message: text,
      fix: text,
    }),
  ),
});
