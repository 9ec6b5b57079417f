import type { RequestHandler } from "express";

/**
 * Refuses HEAD where a GET uses something up: Express would answer it by GET's handler, for whoever only looks (RFC 9110,
 * 9.2.1), as mail scanners and link previews do before a person opens an address.
 * @param allow the methods that are allowed, as the Allow header lists them
 */
export function refuseHead(allow: string): RequestHandler<never> {
  return (_req, res) => {
    res.set("allow", allow).status(405).end();
  };
}
