import type { Request } from "express";

const SAFE_METHODS = ["GET", "HEAD"];

/**
 * Whether a request comes from a page of ours, as the browser says: by Sec-Fetch-Site where it sends that, and by Origin, which
 * every browser sends with what may change something. A page elsewhere sets neither (Fetch, forbidden request-headers).
 */
export function isOwnRequest(req: Request, publicUrl: string): boolean {
  const site = req.get("sec-fetch-site");
  const origin = req.get("origin");
  if (site !== undefined && site !== "same-origin") {
    return false;
  }
  if (origin !== undefined) {
    return origin === new URL(publicUrl).origin;
  }
  return site !== undefined || SAFE_METHODS.includes(req.method);
}

/** A header that only our own code sets: for a page elsewhere the browser would ask first, and nobody says yes. */
export function hasConsoleHeader(req: Request): boolean {
  return req.get("x-sallyport-console") === "1";
}
