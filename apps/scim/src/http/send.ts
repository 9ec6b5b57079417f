import { pipeline, Readable } from "node:stream";
import type { Request, Response } from "express";
import type { ScimResponse } from "../protocol/exchange.ts";
import { isLong, jsonPieces } from "./json-pieces.ts";
import type { Remember } from "./unread.ts";

const SCIM_JSON = "application/scim+json; charset=utf-8";

/** Writes a response; a long body in pieces, as fast as its reader takes them. */
export function send(req: Request, res: Response, { status, body, text, headers }: ScimResponse): void {
  if (text !== undefined) {
    res.writeHead(status, { "Content-Type": SCIM_JSON, ...headers });
    for (const piece of text) {
      res.write(piece);
    }
    res.end();
    return;
  }
  if (body !== undefined && isLong(body)) {
    res.writeHead(status, { "Content-Type": SCIM_JSON, ...headers });
    if (req.method === "HEAD") {
      res.end();
    }
    // Whoever goes away meanwhile has ended the answer: there is nobody to tell.
    else {
      pipeline(Readable.from(jsonPieces(body), { highWaterMark: 2 }), res, () => undefined);
    }
    return;
  }
  if (body === undefined) {
    res.writeHead(status, headers).end();
    return;
  }
  const whole = JSON.stringify(body);
  const length = Buffer.byteLength(whole);
  res.writeHead(status, { "Content-Type": SCIM_JSON, "Content-Length": length, ...headers });
  res.end(req.method === "HEAD" ? undefined : whole);
}

/** Small answers are not worth counting: a rate limit's burst is 500. */
const COUNTED_BYTES = 16_384;

/** What an answer that is written in pieces holds until its end: rows of a page, or of some members. */
const STREAMED_BYTES = 1024 * 1024;

/** Counts what of an answer waits in memory for its reader. */
export function countUnread(res: Response, key: string, remember: Remember): void {
  const bytes = res.writableEnded ? res.writableLength : STREAMED_BYTES;
  if (bytes < COUNTED_BYTES || res.closed) {
    return;
  }
  const forget = remember({ key, bytes, end: () => res.destroy() });
  res.once("close", forget);
}
