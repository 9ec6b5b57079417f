import type { Request, RequestHandler, Response } from "express";
import type { Applications } from "../applications.ts";

/** Lets pages ask whether they may call with a token of their own: who calls is only known by the call itself. */
export const answerPreflight: RequestHandler = (req, res) => {
  res
    .vary("Origin")
    .set({
      "access-control-allow-origin": req.get("origin") ?? "*",
      "access-control-allow-methods": "GET, POST",
      "access-control-allow-headers": "Authorization, Content-Type",
      "access-control-max-age": "3600",
    })
    .status(204)
    .end();
};

/** Lets a page read the answer when it is of an origin that the application redirects to. */
export async function allowOwnOrigins(
  req: Request,
  res: Response,
  applications: Applications,
  clientId: string,
): Promise<void> {
  const origin = req.get("origin");
  if (origin === undefined) {
    return;
  }
  const application = await applications.find(clientId);
  if (application === null || !isOwnOrigin(origin, application.redirectUris)) {
    return;
  }
  res.vary("Origin").set("access-control-allow-origin", origin);
}

/** Whether pages of this origin are the application's: it has people return there. */
export function isOwnOrigin(origin: string, redirectUris: readonly string[]): boolean {
  return redirectUris.some((uri) => new URL(uri).origin === origin);
}
