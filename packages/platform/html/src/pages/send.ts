import { randomBytes } from "node:crypto";
import type { Response } from "express";
import { pageHeaders } from "../page.ts";
import { type AutoPostPurpose, renderAutoPostPage } from "./auto-post-page.ts";

// Browsers apply form-action to every redirect behind a submit, and ours go on to the IdP and to the application:
// origins that this page cannot know. What is left to rule out is any scheme other than the web's.
const ONWARD = ["https:", "http://localhost:*", "http://127.0.0.1:*"];

/** Sends a page that runs no script; its forms may lead on to the IdP or to the application. */
export function sendPage(
  res: Response,
  status: number,
  markup: string,
  { pictures = false }: { readonly pictures?: boolean } = {},
): void {
  res
    .status(status)
    .set(pageHeaders({ formTargets: ONWARD, pictures }))
    .send(markup);
}

/** Makes the browser post `fields` to `action`, by the page's one script. */
export function sendAutoPost(
  res: Response,
  action: string,
  fields: Readonly<Record<string, string>>,
  purpose: AutoPostPurpose = "sign-in",
): void {
  const nonce = randomBytes(16).toString("base64url");
  res
    .status(200)
    .set(pageHeaders({ nonce, formTargets: ONWARD }))
    .send(renderAutoPostPage({ action, fields, nonce, purpose }));
}

/** Sends the browser on, by GET, whatever method brought it here. */
export function sendOn(res: Response, url: string): void {
  res.set({ "cache-control": "no-store", "referrer-policy": "no-referrer" }).redirect(303, url);
}
