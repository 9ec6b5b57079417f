import { parseBoundedJson } from "@sallyport/bounded-json";
import { z } from "zod";
import { IdpFailure } from "./failure.ts";

/** What an IdP is asked for, with what it may answer and what of that is read. */
export const PURPOSES = {
  discovery: { name: "discovery document", maxBytes: 64 * 1024, values: 2_000, read: readMetadata },
  jwks: { name: "JWKS", maxBytes: 128 * 1024, values: 2_000, read: readKeys },
  token: { name: "token answer", maxBytes: 128 * 1024, values: 200, read: readTokens },
  par: {
    name: "answer to a pushed authorization request",
    maxBytes: 16 * 1024,
    values: 50,
    read: readPushed,
  },
  userinfo: { name: "userinfo", maxBytes: 128 * 1024, values: 20_000, read: (claims: unknown) => claims },
} as const;

export type Purpose = keyof typeof PURPOSES;

const SHAPE = { depth: 16, names: 500 };
/** Of a person's claims, their groups are the most. */
const JWT_BOUNDS = { values: 20_000, ...SHAPE };
const MAX_KEYS = 100;
const MAX_KEYS_TEXT = 64 * 1024;

const MAX_TEXT = 2_048;
const text = z.string().max(MAX_TEXT).optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);
const names = z.array(z.string().max(100)).max(100).optional().catch(undefined);

/** The members of a discovery document that a login needs: no other is kept for ten minutes. */
const metadata = z.object({
  issuer: text,
  authorization_endpoint: text,
  token_endpoint: text,
  jwks_uri: text,
  userinfo_endpoint: text,
  end_session_endpoint: text,
  pushed_authorization_request_endpoint: text,
  require_pushed_authorization_requests: flag,
  token_endpoint_auth_methods_supported: names,
  token_endpoint_auth_signing_alg_values_supported: names,
  id_token_signing_alg_values_supported: names,
  userinfo_signing_alg_values_supported: names,
  authorization_response_iss_parameter_supported: flag,
  claims_parameter_supported: flag,
  prompt_values_supported: names,
});

/** RFC 7517 §4, of the keys that signatures are verified with; certificates are not looked at. */
const key = z.object({
  kty: text,
  kid: text,
  alg: text,
  use: text,
  key_ops: names,
  n: text,
  e: text,
  crv: text,
  x: text,
  y: text,
});
const keys = z.object({ keys: z.array(key) });

const given = z.unknown().optional();

/** RFC 6749 §5.1, §5.2. No refresh token: none is ever used. */
const tokens = z.object({
  access_token: given,
  token_type: given,
  expires_in: given,
  id_token: given,
  error: given,
  error_description: given,
});

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json$/;

/** RFC 9126 §2.2, §2.3. */
const pushed = z.object({
  request_uri: given,
  expires_in: given,
  error: given,
  error_description: given,
});

/** What an IdP answered, as far as it is read. */
export interface IdpAnswer {
  readonly status: number;
  /** Empty where it has none. */
  readonly contentType: string;
  /** `WWW-Authenticate`. */
  readonly challenge: string | null;
  /** Of JSON: what is needed of it. Undefined where it is none, or an error that is malformed. */
  readonly body: unknown;
  /** Of userinfo that is signed. */
  readonly jwt: string | undefined;
}

/** Reads of an IdP's answer what is needed. Throws `IdpFailure` where there is too much in it to be parsed. */
export async function readAnswer(purpose: Purpose, answer: Response): Promise<IdpAnswer> {
  const contentType = answer.headers.get("content-type") ?? "";
  const [mediaType = ""] = contentType.toLowerCase().split(";");
  const type = mediaType.trim();
  const body = JSON_TYPE.test(type) ? readJson(purpose, answer.ok, await answer.text()) : undefined;
  const jwt = purpose === "userinfo" && type === "application/jwt" ? await answer.text() : undefined;
  if (jwt !== undefined) {
    checkJwt(purpose, jwt);
  }
  const { status, headers } = answer;
  return { status, contentType, challenge: headers.get("www-authenticate"), body, jwt };
}

/** The answer for openid-client to check, with nothing in it but what was read: it parses whatever it is given. */
export function toResponse({ status, contentType, body, jwt }: IdpAnswer): Response {
  const text = body === undefined ? jwt : JSON.stringify(body);
  return new Response(text ?? null, { status, headers: { "content-type": contentType } });
}

function readJson(purpose: Purpose, ok: boolean, answer: string): unknown {
  const { values, read } = PURPOSES[purpose];
  // A byte order mark in front of JSON may be ignored (RFC 8259 §8.1).
  const parsed = parseBoundedJson(answer.replace(/^\uFEFF/, ""), { values, ...SHAPE });
  if (parsed.ok) {
    return read(parsed.value);
  }
  if (parsed.excess !== "malformed") {
    throw tooLarge(purpose, parsed.excess);
  }
  if (ok) {
    throw invalid(purpose, "malformed JSON");
  }
  return undefined; // of an error: its status says enough
}

function readMetadata(answer: unknown): unknown {
  return parse("discovery", metadata, answer);
}

function readKeys(answer: unknown): unknown {
  const read = parse("jwks", keys, answer);
  const tooMany = read.keys.length > MAX_KEYS || JSON.stringify(read).length > MAX_KEYS_TEXT;
  if (tooMany) {
    throw tooLarge("jwks", "keys");
  }
  return read;
}

function readTokens(answer: unknown): unknown {
  const read = parse("token", tokens, answer);
  if (typeof read.id_token === "string") {
    checkJwt("token", read.id_token);
  }
  return read;
}

function readPushed(answer: unknown): unknown {
  return parse("par", pushed, answer);
}

function parse<Schema extends z.ZodType>(
  purpose: Purpose,
  schema: Schema,
  answer: unknown,
): z.output<Schema> {
  const result = schema.safeParse(answer);
  if (result.success) {
    return result.data;
  }
  const [issue] = result.error.issues;
  throw invalid(purpose, [issue?.path.join("."), issue?.message].filter((part) => part !== "").join(": "));
}

/** A JWT is JSON in a string: what it holds is bounded, too, before openid-client parses it. */
function checkJwt(purpose: Purpose, jwt: string): void {
  const [header = "", payload = ""] = jwt.split(".", 2);
  for (const part of [header, payload]) {
    const parsed = parseBoundedJson(Buffer.from(part, "base64url").toString(), JWT_BOUNDS);
    if (!parsed.ok && parsed.excess !== "malformed") {
      throw tooLarge(purpose, parsed.excess);
    }
  }
}

function tooLarge(purpose: Purpose, detail: string): IdpFailure {
  return new IdpFailure("unreachable", {
    code: "idp_answer_too_large",
    message: `The IdP's ${PURPOSES[purpose].name} holds more than is accepted.`,
    fix: "Have the IdP send less: of a person only the groups that are assigned to the application, of keys those in use.",
    detail,
  });
}

function invalid(purpose: Purpose, detail: string): IdpFailure {
  return new IdpFailure("unreachable", {
    code: "idp_answer_invalid",
    message: `The IdP's ${PURPOSES[purpose].name} is not what it should be.`,
    fix: "Check the connection's issuer, and what the IdP serves there.",
    detail,
  });
}
