import type { Request } from "express";
import type { Application, Applications } from "../applications.ts";
import { ROUTES } from "../routes.ts";

/** A host of an application that has a proxy before it. */
export interface ProtectedHost {
  readonly application: Application;
  /** Scheme, host and port. */
  readonly origin: string;
}

/**
 * The host that a proxy says it was asked for. It only chooses among those that are registered: an application's redirect
 * URIs say which hosts it has. So nothing is won by making one up.
 */
export async function protectedHost(
  req: Request,
  applications: Applications,
  publicUrl: string,
): Promise<ProtectedHost | null> {
  const origin = askedOrigin(req, publicUrl);
  const application = origin === null ? null : await applications.findByRedirectUri(callbackOf(origin));
  return origin === null || application === null ? null : { application, origin };
}

/** Where the hosts of this application are left to sign in; null where the request is for none of them. */
export function originAmong(req: Request, application: Application, publicUrl: string): string | null {
  const origin = askedOrigin(req, publicUrl);
  return origin !== null && application.redirectUris.includes(callbackOf(origin)) ? origin : null;
}

export const callbackOf = (origin: string): string => origin + ROUTES.callback;

function askedOrigin(req: Request, publicUrl: string): string | null {
  const host = (req.get("x-forwarded-host") ?? req.get("host") ?? "").split(",", 1)[0]?.trim() ?? "";
  const { protocol } = new URL(publicUrl);
  const url = /^[\w.:[\]-]{1,255}$/.test(host) ? `${protocol}//${host}` : "";
  return URL.canParse(url) ? new URL(url).origin : null;
}
