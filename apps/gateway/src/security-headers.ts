import type { RequestHandler } from "express";

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/**
 * What every answer carries; a page sets its own, stricter Content-Security-Policy. This one must leave alone the
 * self-submitting forms of SAML's POST binding and of the OP's `response_mode=form_post`.
 */
export function securityHeaders(publicUrl: string): RequestHandler {
  const headers = Object.entries({
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "content-security-policy": "frame-ancestors 'none'; base-uri 'none'; object-src 'none'",
    ...(publicUrl.startsWith("https:")
      ? { "strict-transport-security": `max-age=${YEAR_SECONDS}; includeSubDomains` }
      : {}),
  });
  return (_req, res, next) => {
    for (const [name, value] of headers) {
      res.setHeader(name, value);
    }
    next();
  };
}
