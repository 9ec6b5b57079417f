import { sendAutoPost, sendOn } from "@sallyport/html";
import type { BrowserCookie } from "@sallyport/http";
import { originOf, requestId } from "@sallyport/http";
import type { SignInDeparture, WaitingSessions } from "@sallyport/interactions";
import type { Request, Response } from "express";
import { SignInFailure } from "./failures.ts";
import type { Departure, StartDeps, Starters } from "./protocol.ts";
import { selectConnection } from "./select-connection.ts";
import { startLogin } from "./start.ts";

/** Spares the browser our own page where that would only send it on. */
export function createDeparture(
  deps: StartDeps,
  cookie: BrowserCookie,
  starters: Starters,
  waiting: WaitingSessions,
): SignInDeparture {
  return {
    async depart(req: Request, res: Response, request) {
      // Somebody who has signed in already, at their IdP's own pages: the page finds their session.
      if (waiting.mayHave(req)) {
        return false;
      }
      const selection = await selectConnection(deps.database.sql, request, {}).catch(unlessRefused);
      // An AuthnRequest is made without asking anybody. An OpenID Provider may have to be discovered first, and what
      // goes wrong there is told on the page.
      if (selection?.next !== "start" || selection.connection.type !== "saml") {
        return false;
      }
      const { connection, loginHint } = selection;
      const start = {
        connection,
        cause: { kind: "request", request } as const,
        loginHint,
        browser: cookie.ensure(req, res),
        requestId: requestId(req),
        origin: originOf(req, cookie),
      };
      const departure = await startLogin(deps, starters, start).catch(unlessRefused);
      if (departure === null) {
        return false;
      }
      sendDeparture(res, departure);
      return true;
    },
  };
}

/** The page finds the same, and says so. */
function unlessRefused(error: unknown): null {
  if (error instanceof SignInFailure) {
    return null;
  }
  throw error;
}

/** Sends the browser to the IdP. */
export function sendDeparture(res: Response, departure: Departure): void {
  if (departure.by === "redirect") {
    sendOn(res, departure.url);
  } else {
    sendAutoPost(res, departure.action, departure.fields);
  }
}
