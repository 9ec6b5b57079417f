import type { Database } from "@sallyport/database";
import type { Logger } from "@sallyport/logging";
import { openStore } from "./store/open.ts";
import { type ExpectedCode, type RedeemedCode, redeemCode } from "./tokens/redeem-code.ts";
import { createRevocations } from "./tokens/revocations.ts";

/** Redeems codes for the gateway's own pages, also in a process that is no OpenID Provider itself. */
export interface CodeRedemption {
  redeem(code: string, expected: ExpectedCode): Promise<RedeemedCode | "spent" | "ended">;
  close(): Promise<void>;
}

/** Opens the store of codes, in Redis or PostgreSQL. Close it when the process stops. */
export function openCodeRedemption(deps: {
  readonly database: Database;
  readonly log: Logger;
  readonly now: () => Date;
  readonly requestLogout: () => void;
  /** Where the OpenID Provider keeps its codes; without it, in PostgreSQL. */
  readonly redisUrl?: string;
}): CodeRedemption {
  const store = openStore(deps);
  const revocations = createRevocations({ ...deps, store });
  return {
    redeem: (code, expected) =>
      redeemCode(
        {
          ...{ store, sql: deps.database.sql, now: deps.now },
          revokeGrant: ({ sessionId, reference }, grantId) =>
            revocations.token({ sessionId, tokenId: reference, grantId, reason: "used_twice" }),
        },
        code,
        expected,
      ),
    close: () => store.close(),
  };
}
