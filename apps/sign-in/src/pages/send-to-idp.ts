import { sendAutoPost, sendOn } from "@sallyport/html";
import type { Response } from "express";
import type { IdpForm, IdpRedirect } from "../core/protocol.ts";
import { sendForm } from "./form-page.ts";

/** Sends the browser to the IdP, or shows the form that stands in for it. */
export function sendToIdp(res: Response, send: IdpRedirect | IdpForm): void {
  if (send.by === "redirect") {
    sendOn(res, send.url);
  } else if (send.by === "post") {
    sendAutoPost(res, send.action, send.fields);
  } else {
    sendForm(res, 200, send);
  }
}
