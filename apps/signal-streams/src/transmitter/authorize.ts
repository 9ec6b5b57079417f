import type { Sql } from "@sallyport/database";
import { bearerToken, challenge, OAuthError } from "@sallyport/oauth";
import type { SigningKeys } from "@sallyport/signing-keys";
import type { Request } from "express";
import { z } from "zod";

/** The application that calls. */
export interface Receiver {
  readonly applicationId: string;
  /** `aud` of its SETs. */
  readonly clientId: string;
}

/** What reads, and what manages (CAEP Interoperability Profile 1.0, section 2.7.2): who may manage may read. */
export type SsfScope = "ssf.read" | "ssf.manage";

export type Authorize = (req: Request, scope: SsfScope) => Promise<Receiver>;

const REALM = "sallyport";

/** Of RFC 9068. A person's token has a session (`sid`); this one is the application's own. */
const claimsShape = z.object({
  aud: z.string(),
  client_id: z.string(),
  scope: z.string().default(""),
  sid: z.never().optional(),
});

/**
 * Reads the access token that an application was given by its client credentials for this very resource (RFC 6749, section
 * 4.4; RFC 8707), out of the header alone (RFC 6750, section 2.1). An application that is gone is nobody, whatever its tokens say.
 */
export function createAuthorize(deps: {
  readonly sql: Sql;
  readonly keys: Pick<SigningKeys, "verify">;
  readonly issuer: string;
}): Authorize {
  const { sql, keys, issuer } = deps;
  const audience = `${issuer}/ssf`;
  return async (req, scope) => {
    const value = bearerToken(req.get("authorization"));
    if (value === undefined) {
      throw new OAuthError(
        "invalid_token",
        "A bearer access token is needed: get one at the token endpoint by client credentials",
        { challenge: challenge("Bearer", { realm: REALM }) },
      );
    }
    const claims = claimsShape.safeParse(await keys.verify(value, { typ: "at+jwt", issuer })).data;
    const receiver = claims?.aud === audience ? await findReceiver(sql, claims.client_id) : null;
    if (claims === undefined || receiver === null) {
      throw new OAuthError("invalid_token", "The access token is not valid here, or has expired", {
        challenge: challenge("Bearer", { realm: REALM, error: "invalid_token" }),
      });
    }
    const scopes = claims.scope.split(" ");
    if (!scopes.includes(scope) && !scopes.includes("ssf.manage")) {
      throw new OAuthError("insufficient_scope", `The access token was not given for the scope ${scope}`, {
        challenge: challenge("Bearer", { realm: REALM, error: "insufficient_scope", scope }),
      });
    }
    return receiver;
  };
}

async function findReceiver(sql: Sql, clientId: string): Promise<Receiver | null> {
  const { rows } = await sql.query<{ id: string }>(
    "SELECT id FROM applications WHERE client_id = $1 AND client_secret_digest IS NOT NULL",
    [clientId],
    "signals_find_receiver",
  );
  const [row] = rows;
  return row === undefined ? null : { applicationId: row.id, clientId };
}
