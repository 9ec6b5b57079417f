import { cookieValue } from "@sallyport/http";
import { isTokenOf, newToken } from "@sallyport/secrets";
import type { Request, Response } from "express";
import { z } from "zod";
import { createSignedText } from "./signed-text.ts";

/** What the cookie of a protected host says: which session, which authorization of which application, until when. */
const hostSession = z.object({
  sid: z.string(),
  /** The authorization that the code was given for: it may be revoked by itself. */
  grant: z.string(),
  /** The application's `client_id`. */
  aud: z.string(),
  /** Seconds since 1970. */
  exp: z.number(),
});
export type HostSession = z.infer<typeof hostSession>;

/** Far longer than a sign-in takes: the pages that a browser opens all at once shall find one (see `BrowserCookie`). */
const BROWSER_MS = 30 * 24 * 60 * 60 * 1000;

/** The cookies that the gateway sets on the hosts of applications, which nobody else sets or reads. */
export interface HostCookies {
  /** The token of a browser that begins to sign in, given to it where it has none: one for all its tabs. */
  ensureBrowser(req: Request, res: Response): string;
  browser(req: Request): string | null;
  session(req: Request): HostSession | null;
  setSession(res: Response, session: HostSession): void;
}

/** @param publicUrl whose scheme the applications' hosts have, too */
export function createHostCookies(publicUrl: string, key: string): HostCookies {
  const secure = publicUrl.startsWith("https:");
  // No neighbouring subdomain can plant one, and no path of the host has its own (RFC 6265bis, 4.1.3.2).
  const prefix = secure ? "__Host-" : "";
  const names = { browser: `${prefix}sallyport-host-browser`, session: `${prefix}sallyport-host-session` };
  const options = { httpOnly: true, secure, sameSite: "lax", path: "/" } as const;
  const sessions = createSignedText(key, "session", hostSession);
  const value = (req: Request, name: string) => cookieValue(req.headers.cookie ?? "", name);

  function browser(req: Request): string | null {
    const token = value(req, names.browser);
    return token !== null && isTokenOf("browser", token) ? token : null;
  }

  return {
    browser,
    ensureBrowser(req, res) {
      const token = browser(req) ?? newToken("browser");
      res.cookie(names.browser, token, { ...options, maxAge: BROWSER_MS });
      return token;
    },
    session: (req) => sessions.open(value(req, names.session)),
    setSession(res, session) {
      res.cookie(names.session, sessions.sign(session), {
        ...options,
        expires: new Date(session.exp * 1000),
      });
    },
  };
}
