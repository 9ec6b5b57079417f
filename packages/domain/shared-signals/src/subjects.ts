import { canonicalAddress } from "@sallyport/people";
import { z } from "zod";

/** How a stream's events name a person: with the session and the organization, or by one name (RFC 9493, section 3). */
export const SUBJECT_FORMATS = ["complex", "iss_sub", "email"] as const;
export type SubjectFormat = (typeof SUBJECT_FORMATS)[number];

/** PostgreSQL stores no NUL. */
const text = z
  .string()
  .min(1)
  .max(1_024)
  .refine((value) => !value.includes("\u0000"));
const issSub = z.object({ format: z.literal("iss_sub"), iss: text, sub: text });
const email = z.object({ format: z.literal("email"), email: z.string().min(3).max(320) });
const opaque = z.object({ format: z.literal("opaque"), id: text });
const complexUser = z.object({
  format: z.literal("complex"),
  user: z.discriminatedUnion("format", [issSub, email]),
});
const complexTenant = z.object({ format: z.literal("complex"), tenant: opaque });

/** Whom a receiver may add and remove: a person, or everybody of an organization. */
export const subjectIdentifier = z.union([issSub, email, complexUser, complexTenant]);
export type SubjectIdentifier = z.infer<typeof subjectIdentifier>;

/**
 * What a stream keeps of a subject that it leaves out. Null where it can be nobody of ours; nobody is told which of those
 * that can be are known here (SSF 1.0, section 9.1).
 */
export function exclusionOf(subject: SubjectIdentifier, issuer: string): string | null {
  switch (subject.format) {
    case "iss_sub":
      return subject.iss === issuer ? `sub:${subject.sub}` : null;
    case "email": {
      const address = canonicalAddress(subject.email);
      return address === null ? null : `email:${address}`;
    }
    case "complex":
      return "user" in subject ? exclusionOf(subject.user, issuer) : `tenant:${subject.tenant.id}`;
  }
}

export interface Person {
  readonly userId: string;
  readonly organizationId: string;
  readonly email: string | null;
}

/**
 * The `sub_id` of an event about a person, or about one session of theirs (SSF 1.0, section 3.3). A simple one names the
 * person alone: of a session that ended it says that all of theirs did.
 */
export function subjectOf(
  format: SubjectFormat,
  issuer: string,
  { userId, organizationId, email: address }: Person,
  sessionId?: string,
) {
  const user = { format: "iss_sub", iss: issuer, sub: userId };
  if (format === "email" && address !== null) {
    return { format: "email", email: address };
  }
  if (format !== "complex") {
    return user;
  }
  return {
    format: "complex",
    ...(sessionId === undefined ? {} : { session: { format: "opaque", id: sessionId } }),
    user,
    tenant: { format: "opaque", id: organizationId },
  };
}
