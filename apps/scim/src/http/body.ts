import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import * as zlib from "node:zlib";
import { parseBoundedJson } from "@sallyport/bounded-json";
import { badRequest, ScimError } from "../protocol/error.ts";
import { MAX_BODY_DEPTH, MAX_BODY_VALUES, MAX_NAMES, SMALL_BODY_BYTES } from "../protocol/limits.ts";
import type { Sliced } from "../protocol/slices.ts";
import { parseJsonInSlices } from "./json-slices.ts";

const gunzip = promisify(zlib.gunzip);

/** RFC 7644 §3.1: application/scim+json. What else is JSON is read too, and so is what does not say what it is. */
const JSON_TYPE = /^(?:(?:application|text)\/(?:[\w.-]+\+)?json)?$/;
const GZIP = /^(?:x-)?gzip$/;

/** Whether a request with a body says that it is large, or not how large it is. */
export function mayBeLarge(request: IncomingMessage): boolean {
  const { headers } = request;
  const isUnknown = headers["transfer-encoding"] !== undefined || isEncoded(headers["content-encoding"]);
  return isUnknown || declaredLength(request) > SMALL_BODY_BYTES;
}

function declaredLength({ headers }: IncomingMessage): number {
  return Number(headers["content-length"] ?? 0);
}

/** Receives a body, unpacked: 415 for what is not JSON in UTF-8, 413 beyond `limit` bytes, packed or unpacked. */
export async function receiveBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const encoding = request.headers["content-encoding"];
  requireJson(request.headers["content-type"], encoding);
  const bytes = await readBytes(request, limit);
  return isEncoded(encoding) ? unpacked(bytes, limit) : bytes;
}

function isEncoded(encoding: string | undefined): boolean {
  return encoding !== undefined && encoding !== "" && encoding.toLowerCase() !== "identity";
}

/** Never more than `limit` bytes are made of what is packed (CWE-409). */
async function unpacked(bytes: Buffer, limit: number): Promise<Buffer> {
  try {
    return await gunzip(bytes, { maxOutputLength: limit });
  } catch (error) {
    if (error instanceof RangeError && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") {
      throw tooLarge(limit);
    }
    throw badRequest("invalidSyntax", "The body is not gzip, as its Content-Encoding says.");
  }
}

/** 400 invalidSyntax for what is not well-formed, 413 for what is small as a text and takes all memory as values. */
export function* parseBody(bytes: Buffer): Sliced<unknown> {
  // RFC 8259 §8.1: a byte order mark may be ignored.
  const text = bytes.toString("utf8").replace(/^\uFEFF/, "");
  const parsed =
    text.length > SHORT_BODY ? yield* parseJsonInSlices(text, BOUNDS) : parseBoundedJson(text, BOUNDS);
  if (parsed.ok) {
    return parsed.value;
  }
  switch (parsed.excess) {
    case "values":
      throw new ScimError(413, `The body holds more than ${MAX_BODY_VALUES} values. Send fewer at a time.`);
    case "depth":
      throw badRequest("invalidSyntax", `The body nests deeper than ${MAX_BODY_DEPTH} levels.`);
    case "names":
      throw badRequest("invalidSyntax", `The body has an object of more than ${MAX_NAMES} names.`);
    case "malformed":
      throw badRequest(
        "invalidSyntax",
        text === "" ? "The body is empty." : "The body is not well-formed JSON.",
      );
  }
}

/** Characters that are parsed in a millisecond. */
const SHORT_BODY = 65_536;
const BOUNDS = { values: MAX_BODY_VALUES, depth: MAX_BODY_DEPTH, names: MAX_NAMES };

function requireJson(contentType: string | undefined, encoding: string | undefined): void {
  const [type = "", ...parameters] = (contentType ?? "").toLowerCase().split(";");
  const charset = parameters.map((parameter) => parameter.trim()).find((text) => text.startsWith("charset="));
  if (!JSON_TYPE.test(type.trim())) {
    throw new ScimError(415, "Send the body as application/scim+json (or application/json).");
  }
  if (charset !== undefined && !/^charset="?(?:utf-?8|us-ascii)"?$/.test(charset)) {
    throw new ScimError(415, "Send the body in UTF-8.");
  }
  if (isEncoded(encoding) && !GZIP.test(encoding?.toLowerCase() ?? "")) {
    throw new ScimError(415, "Send the body as it is, or packed by gzip.", {
      headers: { "Accept-Encoding": "gzip" },
    });
  }
}

/** What is read and dropped of a body that is too large, so that its sender is not cut off before it reads why. */
const MAX_DROPPED_BYTES = 32 * 1024 * 1024;

/** The body as it came: 413 beyond `limit` bytes. */
export function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // Gone while the request waited for its turn: then no event will come.
    if (request.destroyed) {
      reject(cutShort());
    }
    if (declaredLength(request) > limit) {
      reject(tooLarge(limit));
    }
    let chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) {
        chunks.push(chunk);
        return;
      }
      chunks = [];
      reject(tooLarge(limit));
      if (size > limit + MAX_DROPPED_BYTES) {
        request.destroy();
      }
    });
    request.on("end", () => resolve(Buffer.concat(chunks)));
    request.on("error", () => reject(cutShort()));
    request.on("close", () => {
      if (!request.complete) {
        reject(cutShort());
      }
    });
  });
}

function tooLarge(limit: number): ScimError {
  return new ScimError(
    413,
    `The body is larger than ${limit} bytes. Send fewer members or operations at a time.`,
  );
}

function cutShort(): ScimError {
  return badRequest("invalidSyntax", "The request ended before its body was complete.");
}
