import type { Origin } from "@sallyport/limits";
import type { Request } from "express";
import type { BrowserCookie } from "./browser-cookie.ts";

/** The origin of a request, as far as limits distinguish it. */
export function originOf(req: Request, cookie: BrowserCookie): Origin {
  const destination = req.headers["sec-fetch-dest"];
  return {
    ip: req.ip,
    browser: cookie.read(req),
    // A page of somebody else's can have its visitors' browsers ask for as many images and frames as it likes.
    embedded: destination !== undefined && destination !== "document",
  };
}
