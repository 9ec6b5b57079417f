import { readCertificate } from "@sallyport/saml";
import { z } from "zod";
import { timestamp } from "../../api/text.ts";

const DAY_MS = 24 * 3_600_000;
/** As far ahead as the first audit event `connection.certificate_expiring`. */
const EXPIRING_DAYS = 60;

export const certificate = z.object({
  fingerprint: z.string().meta({ description: "SHA-256, hexadecimal." }),
  subject: z.string(),
  notBefore: timestamp,
  notAfter: timestamp,
  expired: z.boolean().meta({ description: "SAML trusts the key, not the date: a reminder to renew." }),
  expiring: z.boolean().meta({ description: `It ends within ${EXPIRING_DAYS} days, or has ended.` }),
  expiresInDays: z.int().meta({ description: "Whole days left; below zero once it has expired." }),
});

/** A certificate that logins are verified with. */
export const certificateInUse = certificate.extend({
  lastValidatedAt: timestamp.nullable().meta({
    description: "When it last verified a login, to the day; null when it never did.",
  }),
});

export function certificateView(pem: string, now: Date): z.input<typeof certificate> {
  const result = readCertificate(pem);
  if (!result.ok) {
    throw new Error(`A stored certificate is unreadable: ${result.code}`);
  }
  const { fingerprint, subject, notBefore, notAfter } = result.certificate;
  const expiresInDays = Math.floor((notAfter.getTime() - now.getTime()) / DAY_MS);
  return {
    fingerprint,
    subject,
    notBefore: notBefore.toISOString(),
    notAfter: notAfter.toISOString(),
    expired: notAfter <= now,
    expiring: expiresInDays < EXPIRING_DAYS,
    expiresInDays,
  };
}
