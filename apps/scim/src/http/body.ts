import type { IncomingMessage } from "node:http";
import { parseBoundedJson } from "@sallyport/bounded-json";
import { badRequest, ScimError } from "../protocol/error.ts";
import { MAX_BODY_DEPTH, MAX_BODY_VALUES, MAX_NAMES, SMALL_BODY_BYTES } from "../protocol/limits.ts";
import type { Sliced } from "../protocol/slices.ts";
import { parseJsonInSlices } from "./json-slices.ts";

const JSON_TYPE = /^application\/(?:scim\+)?json$/;

/** Whether a request with a body says that it is large, or not how large it is. */
export function mayBeLarge(request: IncomingMessage): boolean {
  return request.headers["transfer-encoding"] !== undefined || declaredLength(request) > SMALL_BODY_BYTES;
}

function declaredLength({ headers }: IncomingMessage): number {
  return Number(headers["content-length"] ?? 0);
}

/**
 * Receives a body. 415 for what is not JSON in UTF-8, 413 beyond `limit` bytes. RFC 7644 §3.1: application/scim+json;
 * application/json is accepted too.
 */
export async function receiveBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  requireJson(request.headers["content-type"], request.headers["content-encoding"]);
  return readBytes(request, limit);
}

/** 400 invalidSyntax for what is not well-formed, 413 for what is small as a text and takes all memory as values. */
export function* parseBody(bytes: Buffer): Sliced<unknown> {
  const text = bytes.toString("utf8");
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
  if (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset)) {
    throw new ScimError(415, "Send the body in UTF-8.");
  }
  if (encoding !== undefined && encoding.toLowerCase() !== "identity") {
    throw new ScimError(415, "Send the body without a Content-Encoding.");
  }
}

/** The body as it came: 413 beyond `limit` bytes. */
export function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (declaredLength(request) > limit) {
    return Promise.reject(tooLarge(limit));
  }
  return new Promise((resolve, reject) => {
    // Gone while the request waited for its turn: then no event will come.
    if (request.destroyed) {
      reject(cutShort());
    }
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) {
        chunks.push(chunk);
      } else {
        reject(tooLarge(limit));
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

// The rest of the body is not read: the connection cannot be used again.
function tooLarge(limit: number): ScimError {
  return new ScimError(
    413,
    `The body is larger than ${limit} bytes. Send fewer members or operations at a time.`,
    {
      headers: { Connection: "close" },
    },
  );
}

function cutShort(): ScimError {
  return badRequest("invalidSyntax", "The request ended before its body was complete.");
}
