import { sendOn } from "@sallyport/html";
import type { Request, Response } from "express";
import { findLanding, landingUrl } from "../idp-initiated/landing.ts";
import type { SignInContext } from "./context.ts";
import { SignInFailure } from "./failures.ts";
import type { VerifiedLogin } from "./further-steps.ts";

/** Sends the browser to where its login was to lead. */
export type Destination = (req: Request, res: Response, sessionId: string) => Promise<void>;

/** Where a login leads: looked up before anybody is signed in. Throws `SignInFailure` where it leads nowhere (any more). */
export async function findDestination(
  context: SignInContext,
  { cause, browser, connection }: Pick<VerifiedLogin, "cause" | "browser" | "connection">,
): Promise<Destination> {
  if (cause.kind === "request") {
    const key = { id: cause.interactionId, browser };
    return (req, res, sessionId) => context.interactions.resume(req, res, key, { sessionId });
  }
  const { applicationId, target } = cause.landing;
  const { organizationId } = connection;
  const landing = await findLanding(context.database.sql, applicationId, target);
  if (landing === null) {
    throw new SignInFailure("landing_missing");
  }
  return async (_req, res, sessionId) => {
    await context.waitingSessions.store(res, { organizationId, applicationId, sessionId });
    sendOn(res, landingUrl(context.publicUrl, landing, organizationId));
  };
}
