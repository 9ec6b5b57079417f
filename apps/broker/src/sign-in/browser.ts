import { createHmac, timingSafeEqual } from "node:crypto";
import { isTokenOf, newToken } from "@sallyport/secrets";
import type { Request, Response } from "express";

/** Longer than any login request lives. */
const MAX_AGE_MS = 60 * 60 * 1000;

/**
 * Recognizes the browser that started a sign-in. The cookie authenticates nobody; it only ties what comes back from
 * an IdP, or from a form, to the browser that we sent there. One for all tabs, so that two of them do not disturb
 * each other.
 */
export interface BrowserCookie {
  /** The token that this browser holds, or was just given; null where there is none. */
  read(req: Request): string | null;
  /** The same; gives one to a browser that has none. */
  ensure(req: Request, res: Response): string;
}

export function createBrowserCookie(publicUrl: string): BrowserCookie {
  const secure = publicUrl.startsWith("https:");
  // The prefix keeps a neighbouring subdomain from planting a cookie of its own (RFC 6265bis, 4.1.3.2).
  const name = secure ? "__Host-sallyport-browser" : "sallyport-browser";
  const given = new WeakMap<Request, string>();
  const read = (req: Request) => {
    const fresh = given.get(req);
    if (fresh !== undefined) return fresh;
    const value = cookieValue(req.get("cookie") ?? "", name);
    return value !== null && isTokenOf("browser", value) ? value : null;
  };
  return {
    read,
    ensure(req, res) {
      const token = read(req) ?? newToken("browser");
      given.set(req, token);
      // An IdP's page posts its answer from its own site, with which a browser sends no cookie but one of
      // SameSite=None; and that has to be Secure. Whatever comes with it also carries a secret of this sign-in: the
      // RelayState, or a form's token. So another site gains nothing by it.
      const sameSite = secure ? "none" : "lax";
      res.cookie(name, token, { httpOnly: true, secure, sameSite, path: "/", maxAge: MAX_AGE_MS });
      return token;
    },
  };
}

/** Whether the browser started this sign-in itself, as the OpenID Provider's own cookie shows. */
export function isOwnInteraction(req: Request, cookieName: string, interactionId: string): boolean {
  return cookieValue(req.get("cookie") ?? "", cookieName) === interactionId;
}

/** What a Cookie header says of a name; null where it does not. */
export function cookieValue(header: string, name: string): string | null {
  for (const pair of header.split(";")) {
    const at = pair.indexOf("=");
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return null;
}

/** What a form of one sign-in carries to show that it was given to this very browser. */
export function csrfToken(browser: string, interactionId: string): string {
  return createHmac("sha256", browser).update(`sign-in:${interactionId}`).digest("base64url");
}

export function isCsrfToken(value: string, browser: string, interactionId: string): boolean {
  const expected = Buffer.from(csrfToken(browser, interactionId));
  const given = Buffer.from(value);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
