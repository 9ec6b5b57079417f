import { isSecureUrl } from "@sallyport/connections";
import { canonicalAddress } from "@sallyport/people";
import { z } from "zod";

// Control characters forge log lines, and PostgreSQL stores neither NUL nor (in jsonb) a lone surrogate.
const PRINTABLE = /^[^\p{Cc}\p{Cs}]*$/u;

/** One line of text of 1 to `max` characters: what every string that is stored must at least be. */
export function text(max: number) {
  return z
    .string()
    .min(1)
    .max(max)
    .regex(PRINTABLE, "Must not hold control characters or unpaired surrogates");
}

export const displayName = text(200);

/** An email address, canonical. */
export const email = text(320)
  .transform((value, context) => {
    const address = canonicalAddress(value);
    if (address !== null) {
      return address;
    }
    context.addIssue("Is not an email address such as anna@acme.com");
    return z.NEVER;
  })
  .meta({ format: "email" });

/** The slug of an organization: a DNS label, so that it fits in paths and host names; never shaped like an id. */
export const slug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, "Must be 1 to 63 of a-z, 0-9 and inner hyphens")
  .regex(/^(?![0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$)/, "Must not look like an id");

/** What is to be reached over https, or over plain http on this very machine (development). */
export const secureUrl = text(2048)
  .refine(isSecureUrl, "Must be an https URL without credentials; plain http is taken for localhost only")
  .meta({ format: "uri" });

/** A URL that a browser is sent to: matched character by character, so nothing that could be read in two ways. */
export const redirectUrl = secureUrl
  .refine((value) => !value.includes("#"), "Must not have a fragment (RFC 6749, section 3.1.2)")
  .refine((value) => !value.includes("*"), "Must not have a wildcard: register each URL")
  .refine((value) => !/[\s\\]/.test(value), "Must not hold spaces or backslashes")
  .meta({ format: "uri" });

export const id = z.uuid();

/** RFC 3339, as every answer gives times. */
export const timestamp = z.iso.datetime();

const [YEAR_1, YEAR_10000] = [Date.parse("0001-01-01T00:00:00Z"), Date.UTC(10_000, 0)];

/** Whether PostgreSQL understands the time as JavaScript writes it: years of four digits, after Christ. */
export function isStorable(time: Date): boolean {
  return time.getTime() >= YEAR_1 && time.getTime() < YEAR_10000;
}

/** RFC 3339 with any offset, as a filter or an expiry takes it. */
export const instant = z.iso
  .datetime({ offset: true })
  .transform((value) => new Date(value))
  .refine(isStorable, "Must lie in the years 1 to 9999");

export const permission = text(128).regex(
  /^[\w.:*/-]+$/,
  "Must be letters, digits and . : * / _ -, as in `billing:read`",
);

export const roleKey = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._:-]{0,62}$/, "Must be 1 to 63 of a-z, 0-9 and inner . _ : -");

/** Has LIKE take a text by the letter. */
export function escapedForLike(value: string): string {
  return value.replaceAll(/[\\%_]/g, "\\$&");
}
