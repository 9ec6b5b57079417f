import { type ConsoleSession, findConsoleSession } from "@sallyport/console-access";
import type { Sql } from "@sallyport/database";
import type { Request } from "express";
import { createConsoleCookie } from "./cookie.ts";
import { hasConsoleHeader, isOwnRequest } from "./own-request.ts";

/** Whoever calls by the console's cookie. */
export interface ConsoleVisitors {
  /** Null: nobody is signed in. "refused": the request does not come from a page of ours. */
  find(req: Request): Promise<ConsoleSession | "refused" | null>;
}

/** Finds console sessions in PostgreSQL. `deps.publicUrl` is the gateway's base URL. */
export function createConsoleVisitors(deps: {
  readonly sql: Sql;
  readonly now: () => Date;
  readonly publicUrl: string;
  /** SHA-256 of the root key. */
  readonly rootKeyDigest: Uint8Array;
}): ConsoleVisitors {
  const cookie = createConsoleCookie(deps.publicUrl);
  return {
    async find(req) {
      const token = cookie.read(req);
      if (token === null) {
        return null;
      }
      if (!isOwnRequest(req, deps.publicUrl) || !hasConsoleHeader(req)) {
        return "refused";
      }
      return findConsoleSession(deps.sql, token, {
        now: deps.now(),
        rootKeyDigest: deps.rootKeyDigest,
      });
    },
  };
}
