import type { SignInRedirect, WaitingSessions } from "@sallyport/interactions";
import type { Request, Response } from "express";
import type { StartContext } from "./context.ts";
import { SignInFailure } from "./failures.ts";
import { startLogin } from "./login.ts";
import { protocolOf } from "./protocol.ts";
import { selectConnection } from "./select-connection.ts";

/** Spares the browser our own page where that would only redirect it. */
export function createSignInRedirect(
  context: StartContext,
  waitingSessions: WaitingSessions,
): SignInRedirect {
  return {
    async redirectToIdp(req: Request, res: Response, request) {
      // Somebody who has signed in already, at their IdP's own pages: our page finds their session.
      if (waitingSessions.mayHave(req)) {
        return false;
      }
      try {
        const selection = await selectConnection(context.database.sql, request, {});
        // An OpenID Provider may have to be discovered first: what goes wrong there is told on our page.
        if (
          selection.next !== "start" ||
          !protocolOf(context.protocols, selection.connection.type).startsAtOnce
        ) {
          return false;
        }
        const { connection, loginHint } = selection;
        const browser = context.cookie.ensure(req, res);
        await startLogin(context, req, res, {
          connection,
          cause: { kind: "request", request },
          loginHint,
          browser,
        });
        return true;
      } catch (error) {
        // Our page finds the same, and says so.
        if (error instanceof SignInFailure) {
          return false;
        }
        throw error;
      }
    },
  };
}
