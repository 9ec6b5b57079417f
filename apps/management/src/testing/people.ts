import type { ConsoleVisitor } from "../access/caller.ts";
import type { ConsoleVisitors } from "../deps.ts";

/** People who are signed in to the console, by what they send as `Cookie`. */
export function signedInPeople(): ConsoleVisitors & {
  readonly byCookie: Map<string, ConsoleVisitor | "refused">;
} {
  const byCookie = new Map<string, ConsoleVisitor | "refused">();
  return { byCookie, find: async (req) => byCookie.get(req.get("cookie") ?? "") ?? null };
}
