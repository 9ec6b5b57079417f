import { pipeline, Readable } from "node:stream";
import type { Request, Response } from "express";
import type { ScimResponse } from "../protocol/exchange.ts";
import { isLong, jsonPieces } from "./json-pieces.ts";

const SCIM_JSON = "application/scim+json; charset=utf-8";

export function send(req: Request, res: Response, { status, body, headers }: ScimResponse): void {
  if (body !== undefined && isLong(body)) {
    res.writeHead(status, { "Content-Type": SCIM_JSON, ...headers });
    if (req.method === "HEAD") res.end();
    // Whoever goes away meanwhile has ended the answer: there is nobody to tell.
    else pipeline(Readable.from(jsonPieces(body)), res, () => undefined);
    return;
  }
  if (body === undefined) {
    res.writeHead(status, headers).end();
    return;
  }
  const text = JSON.stringify(body);
  const length = Buffer.byteLength(text);
  res.writeHead(status, { "Content-Type": SCIM_JSON, "Content-Length": length, ...headers });
  res.end(req.method === "HEAD" ? undefined : text);
}
