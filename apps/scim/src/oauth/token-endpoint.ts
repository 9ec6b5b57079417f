import { type Database, isId } from "@sallyport/database";
import { directorySettings, issueAccessToken } from "@sallyport/directories";
import { noteOutage, requestId } from "@sallyport/http";
import { networksOf } from "@sallyport/limits";
import type { Logger } from "@sallyport/logging";
import { challenge, OAuthError } from "@sallyport/oauth";
import { outageOf, UNAVAILABLE } from "@sallyport/outage";
import type { Request, RequestHandler, Response } from "express";
import { createRateLimiter } from "../admission/rate-limit.ts";
import { readBytes } from "../http/body.ts";
import { ScimError } from "../protocol/error.ts";
import { parseTokenRequest } from "./client-credentials.ts";
import { findClient } from "./find-client.ts";

/** Largest token request, in bytes. */
const MAX_FORM_BYTES = 16_384;
/** Of one network, per directory: a client asks once for what lives an hour at least. */
const LIMIT = { perSecond: 1, burst: 20 };

interface TokenEndpointDeps {
  readonly database: Database;
  readonly log: Logger;
  readonly now: () => Date;
  readonly limited: boolean;
}

/** POST /{directoryId}/oauth2/token: an access token for client credentials (RFC 6749 §4.4). */
export function createTokenEndpoint(deps: TokenEndpointDeps): RequestHandler {
  const takeTokens = deps.limited ? createRateLimiter(LIMIT, () => performance.now()) : undefined;
  return async (req, res) => {
    const id = requestId(req);
    const directoryId = String(req.params.directoryId);
    try {
      if (req.method !== "POST") {
        throw new OAuthError("invalid_request", "Send the token request as POST.", {
          status: 405,
          headers: { Allow: "POST" },
        });
      }
      // Whatever is no id shares a bucket: a stranger must not have long names remembered.
      takeTokens?.({ id: `${isId(directoryId) ? directoryId : "none"} ${networksOf(req.ip)[0]}` }, 1);
      send(res, 200, await grant(deps, req, directoryId, id));
    } catch (error) {
      const refusal = asOAuthError(error, req);
      const outage = outageOf(error);
      if (outage !== undefined) {
        noteOutage(deps.log, outage, req, res);
      } else if (refusal.code === "server_error") {
        deps.log.error({ requestId: id, err: error }, "token endpoint failed");
      } else {
        deps.log.warn({ requestId: id, directoryId, code: refusal.code }, "token request refused");
      }
      send(res, refusal.status, refusal.document, refusal.headers);
    }
  };
}

async function grant(deps: TokenEndpointDeps, req: Request, directoryId: string, id: string) {
  const type = (req.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") {
    throw new OAuthError("invalid_request", "Send the parameters as application/x-www-form-urlencoded.");
  }
  const form = (await readBytes(req, MAX_FORM_BYTES)).toString("utf8");
  const credentials = parseTokenRequest(req.headers.authorization, form);
  const client = await findClient(deps.database.sql, directoryId, credentials);
  if (client === undefined) {
    throw unknownClient();
  }
  if (!client.directoryIsActive) {
    throw new OAuthError("unauthorized_client", "This directory is disabled. Enable it in Sallyport.");
  }
  const { accessTokenSeconds: seconds } = directorySettings.parse(JSON.parse(client.settings));
  const token = await issueAccessToken(deps.database, client, {
    now: deps.now(),
    seconds,
    requestId: id,
    ip: req.ip,
  });
  if (token === undefined) {
    throw unknownClient();
  }
  // There is one scope, whichever was asked for: then the answer must name it (§5.1).
  return { access_token: token, token_type: "Bearer", expires_in: seconds, scope: "scim" };
}

/** Unknown, revoked and another directory's clients, and wrong secrets, answer alike. */
function unknownClient(): OAuthError {
  return new OAuthError("invalid_client", "This directory has no live client of this id and secret.");
}

function asOAuthError(error: unknown, req: Request): OAuthError {
  if (error instanceof ScimError && error.status === 429) {
    return new OAuthError("temporarily_unavailable", "Too many token requests. Retry later.", {
      headers: error.headers,
    });
  }
  if (error instanceof ScimError) {
    return new OAuthError("invalid_request", "The form cannot be read, or is too large.", {
      status: error.status,
      headers: error.headers,
    });
  }
  if (outageOf(error) !== undefined) {
    return new OAuthError("temporarily_unavailable", UNAVAILABLE, { status: 503 });
  }
  if (!(error instanceof OAuthError)) {
    return new OAuthError("server_error", "Something went wrong on our side.");
  }
  // §5.2: who tried by Authorization is told how to.
  return error.code === "invalid_client" && req.headers.authorization !== undefined
    ? new OAuthError(error.code, error.message, { challenge: challenge("Basic", { realm: "scim" }) })
    : error;
}

// RFC 6749 §5.1: what holds a token is never kept by a cache.
function send(
  res: Response,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  res
    .status(status)
    .set({ "Cache-Control": "no-store", Pragma: "no-cache", ...headers })
    .json(body);
}
