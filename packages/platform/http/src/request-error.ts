import { Problem } from "./problem.ts";

// What Express' own parts throw: body-parser (`type`), and decodeURIComponent in the router.
const BODY_PARSER_PROBLEMS: Readonly<
  Record<string, readonly [status: number, code: string, detail: string]>
> = {
  "entity.parse.failed": [
    400,
    "body_malformed",
    "The body is not well-formed. Check it against its Content-Type.",
  ],
  "entity.too.large": [413, "body_too_large", "The body is larger than this endpoint takes."],
  "parameters.too.many": [
    413,
    "parameters_too_many",
    "The form has more parameters than this endpoint takes.",
  ],
  "querystring.parse.rangeError": [400, "form_too_deep", "The form nests its parameters too deeply."],
  "encoding.unsupported": [
    415,
    "encoding_unsupported",
    "The Content-Encoding is not supported: send the body as it is, or gzip.",
  ],
  "charset.unsupported": [415, "charset_unsupported", "The charset is not supported: send UTF-8."],
  "request.aborted": [400, "request_aborted", "The request ended before its body was complete."],
  "request.size.invalid": [400, "content_length_wrong", "The body's size differs from Content-Length."],
  "stream.encoding.set": [500, "internal_error", "The body could not be read."],
};

/**
 * Translates whatever a route threw into a `Problem`, or null when it is our own fault (an unexpected error, whose
 * detail stays in the logs). The one place that knows the error shapes of Express and its parsers.
 */
export function asProblem(error: unknown): Problem | null {
  if (error instanceof Problem) {
    return error;
  }
  if (error instanceof URIError) {
    return new Problem(400, "path_malformed", "The path holds a percent sign that starts no valid escape.", {
      cause: error,
    });
  }
  if (typeof error !== "object" || error === null) {
    return null;
  }
  const type = "type" in error && typeof error.type === "string" ? error.type : undefined;
  const known = type === undefined ? undefined : BODY_PARSER_PROBLEMS[type];
  if (known !== undefined) {
    return new Problem(...known, { cause: error });
  }
  const status = "status" in error && typeof error.status === "number" ? error.status : 500;
  // http-errors below 500 (bad gzip, bad URI) are the client's; their text may quote the input, so it is not repeated.
  if (status >= 400 && status < 500) {
    return new Problem(status, "request_malformed", "The request is malformed.", { cause: error });
  }
  return null;
}
