import { createHmac, timingSafeEqual } from "node:crypto";

/** What a form of one sign-in carries to show that it was given to this very browser. */
export function csrfToken(browser: string, interactionId: string): string {
  return createHmac("sha256", browser).update(`sign-in:${interactionId}`).digest("base64url");
}

export function isCsrfToken(value: string, browser: string, interactionId: string): boolean {
  const expected = Buffer.from(csrfToken(browser, interactionId));
  const given = Buffer.from(value);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
