import { isId } from "@sallyport/database";
import { OAuthError } from "@sallyport/oauth";
import { type Delivery, SUBJECT_FORMATS, subjectIdentifier } from "@sallyport/shared-signals";
import { z } from "zod";
import { POLL, PUSH } from "./configuration.ts";

/** Printable ASCII: what a header may hold (RFC 9110, section 5.5). */
const headerValue = z.string().regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,4094}[\x21-\x7e])?$/);
const url = z
  .url({ protocol: /^https?$/ })
  .max(2_048)
  .refine((value) => !value.includes("#") && !/^https?:\/\/[^/]*@/.test(value), {
    error: "must have neither fragment nor user",
  });

const delivery = z
  .discriminatedUnion("method", [
    // Where it is polled, the transmitter says (SSF 1.0, section 6.1.2).
    z.object({ method: z.literal(POLL), endpoint_url: z.string().max(2_048).optional() }),
    z.object({ method: z.literal(PUSH), endpoint_url: url, authorization_header: headerValue.optional() }),
  ])
  .transform(
    (given): Delivery =>
      given.method === POLL
        ? { method: "poll" }
        : {
            method: "push",
            endpointUrl: given.endpoint_url,
            authorization: given.authorization_header ?? null,
          },
  );

/** PostgreSQL stores no NUL. */
const text = (longest: number) =>
  z
    .string()
    .max(longest)
    .refine((value) => !value.includes("\u0000"), { error: "must hold no zero character" });
const streamId = text(100);
/** What a receiver supplies; what it does not know of these is ignored (section 8.1.1). */
const receiverSupplied = {
  delivery: delivery.optional(),
  events_requested: z.array(text(500)).max(100).optional(),
  description: text(1_000).nullable().optional(),
  format: z.enum(SUBJECT_FORMATS).optional(),
};
/** What the transmitter supplies must be what it is, where it is sent back (section 8.1.1.3). */
const transmitterSupplied = {
  stream_id: streamId,
  iss: z.unknown().optional(),
  aud: z.unknown().optional(),
  events_supported: z.unknown().optional(),
  events_delivered: z.unknown().optional(),
  min_verification_interval: z.unknown().optional(),
};

export const createBody = z.object(receiverSupplied);
export const changeBody = z.object({ ...receiverSupplied, ...transmitterSupplied });
export const statusBody = z.object({
  stream_id: streamId,
  status: z.enum(["enabled", "paused", "disabled"]),
  reason: text(500).optional(),
});
export const subjectBody = z.object({
  stream_id: streamId,
  subject: subjectIdentifier,
  verified: z.boolean().optional(),
});
export const verifyBody = z.object({ stream_id: streamId, state: text(1_024).optional() });
const jti = text(200);
/** RFC 8936, section 2.2. */
export const pollBody = z.object({
  maxEvents: z.int().min(0).max(1_000_000).optional(),
  returnImmediately: z.boolean().optional(),
  ack: z.array(jti).max(1_000).optional(),
  setErrs: z
    .record(jti, z.object({ err: text(100), description: text(1_000).optional() }))
    .refine((errors) => Object.keys(errors).length <= 1_000, { error: "has too many" })
    .optional(),
});

/** @throws OAuthError that names the first field that is wrong */
export function parse<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) {
    return parsed.data;
  }
  const [issue] = parsed.error.issues;
  const field = issue?.path.map(String).join(".") ?? "";
  const where =
    field === ""
      ? "The request's body must be a JSON object of the specification"
      : `${field} is not what it should be`;
  throw new OAuthError("invalid_request", printable(`${where}: ${issue?.message ?? ""}`));
}

/** @throws OAuthError where it cannot be a stream's */
export function requireStreamId(value: unknown): string {
  if (typeof value !== "string" || value === "") {
    throw new OAuthError("invalid_request", "stream_id is missing");
  }
  if (!isId(value)) {
    throw unknownStream();
  }
  return value;
}

/** The same for those of others, and those that never were. */
export function unknownStream(): OAuthError {
  return new OAuthError("invalid_request", "This application has no stream of that stream_id", {
    status: 404,
  });
}

/** RFC 6749, section 5.2. */
function printable(text: string): string {
  return text.replace(/["\\]|[^\x20-\x7e]/g, "'").slice(0, 300);
}
