import type { FeedScope } from "@sallyport/events";

/** Where a reader goes on. It says whose events it counts, so that it counts no others. */
export function encodeCursor(scope: FeedScope, number: number): string {
  return Buffer.from(`${nameOf(scope)} ${number}`).toString("base64url");
}

/** Null where it is none, or one of other events. */
export function decodeCursor(scope: FeedScope, text: string): number | null {
  const [name, digits = "", ...rest] = Buffer.from(text, "base64url").toString("utf8").split(" ");
  const isOne = name === nameOf(scope) && rest.length === 0 && /^\d{1,15}$/.test(digits);
  return isOne ? Number(digits) : null;
}

const nameOf = (scope: FeedScope) => (scope === "all" ? "all" : scope.organizationId);
