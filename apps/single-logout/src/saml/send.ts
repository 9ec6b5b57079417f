import type { ConnectionKey } from "@sallyport/connections/keys";
import { sendAutoPost, sendOn } from "@sallyport/html";
import { type OutgoingMessage, postFields, redirectUrl } from "@sallyport/saml";
import type { Response } from "express";

/** Signs a message and has the browser take it to the IdP. */
export function sendToIdp(
  res: Response,
  binding: "redirect" | "post",
  message: OutgoingMessage,
  key: ConnectionKey,
): void {
  if (binding === "redirect") {
    sendOn(res, redirectUrl(message, key));
  } else {
    sendAutoPost(res, message.destination, postFields(message, key), "sign-out");
  }
}
