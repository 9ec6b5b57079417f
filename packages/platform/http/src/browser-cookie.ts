import type { IncomingMessage } from "node:http";
import { isTokenOf, newToken } from "@sallyport/secrets";
import type { Response } from "express";

/**
 * Far longer than a sign-in takes: the pages that a browser opens all at once, when it starts in the morning, shall find
 * one. Where each were given its own, all sign-ins but the last one's would be refused.
 */
const MAX_AGE_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * Recognizes the browser that started a sign-in. The cookie authenticates nobody; it only ties what goes on, what comes
 * back from an IdP, or from a form, to the browser that began it. One for all tabs, so that two of them do not disturb
 * each other.
 */
export interface BrowserCookie {
  /** The token that this browser holds, or was just given; null where there is none. */
  read(req: IncomingMessage): string | null;
  /** The same; gives one to a browser that has none. */
  ensure(req: IncomingMessage, res: Response): string;
}

/** The token given to a request without a cookie, by whichever part of the broker. */
const given = new WeakMap<IncomingMessage, string>();

/** @param publicUrl the gateway's base URL: over https the cookie is `Secure`, with the `__Host-` prefix */
export function createBrowserCookie(publicUrl: string): BrowserCookie {
  const secure = publicUrl.startsWith("https:");
  // The prefix keeps a neighbouring subdomain from planting a cookie of its own (RFC 6265bis, 4.1.3.2).
  const name = secure ? "__Host-sallyport-browser" : "sallyport-browser";
  const read = (req: IncomingMessage) => {
    const fresh = given.get(req);
    if (fresh !== undefined) {
      return fresh;
    }
    const value = cookieValue(req.headers.cookie ?? "", name);
    return value !== null && isTokenOf("browser", value) ? value : null;
  };
  return {
    read,
    ensure(req, res) {
      const token = read(req) ?? newToken("browser");
      if (given.has(req)) {
        return token;
      }
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

/**
 * What a Cookie header says of a name; null where it does not. Only what browsers themselves take for a space is one (RFC
 * 6265bis, 5.6): a name that begins with another, such as U+00A0, has no `__Host-` prefix to them, and so a neighbouring
 * subdomain may set it. The `cookie` package agrees but in one thing: it takes off spaces before the `=`, too, and so reads
 * a cookie under a name that the browser did not send.
 */
export function cookieValue(header: string, name: string): string | null {
  for (const part of header.split(";")) {
    const pair = part.replace(/^[ \t]+/, "");
    if (pair.startsWith(`${name}=`)) {
      return pair.slice(name.length + 1);
    }
  }
  return null;
}
