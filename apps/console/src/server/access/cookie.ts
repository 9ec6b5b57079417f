import type { IncomingMessage } from "node:http";
import { cookieValue } from "@sallyport/http";
import type { Response } from "express";

/** The cookie of a browser that is signed in to the console: its value is the session's token. */
export interface ConsoleCookie {
  read(req: IncomingMessage): string | null;
  set(res: Response, token: string, expiresAt: Date): void;
  clear(res: Response): void;
}

export function createConsoleCookie(publicUrl: string): ConsoleCookie {
  const secure = publicUrl.startsWith("https:");
  // The prefix keeps a neighbouring subdomain from planting a session of its own (RFC 6265bis, 4.1.3.2).
  const name = secure ? "__Host-sallyport_console" : "sallyport_console";
  const options = { httpOnly: true, secure, sameSite: "lax", path: "/" } as const;
  return {
    read: (req) => cookieValue(req.headers.cookie ?? "", name),
    set: (res, token, expires) => void res.cookie(name, token, { ...options, expires }),
    clear: (res) => void res.clearCookie(name, options),
  };
}
