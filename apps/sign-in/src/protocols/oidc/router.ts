import { findConnection } from "@sallyport/connections";
import type { ConnectionKeys } from "@sallyport/connections/keys";
import { refuseHead, requestId } from "@sallyport/http";
import type { Finding } from "@sallyport/login-records";
import { Router } from "express";
import type { SignInContext } from "../../core/context.ts";
import { SignInFailure } from "../../core/failures.ts";
import { completeLogin } from "../../core/login.ts";
import { authorizationFailure } from "./failure.ts";
import { connectionJwks } from "./jwks.ts";

/** Longer than any of our states; anything longer is not one. */
const MAX_STATE = 100;

/** The relying parties towards the IdPs: one per connection, under /sso/oidc/{connectionId}. */
export function createOidcRouter(context: SignInContext, keys: ConnectionKeys): Router {
  const router = Router();
  router.get("/sso/oidc/:connectionId/jwks", async (req, res) => {
    const connection = await findConnection(context.database.sql, "oidc", req.params.connectionId);
    if (connection === null) {
      throw new SignInFailure("connection_unknown");
    }
    // A key is dear, and anybody may ask: it is made only where the connection is said to need one.
    const { clientAuthentication, clientSecret } = connection.settings;
    const needed = clientAuthentication === "private_key_jwt" || clientSecret === undefined;
    const live = await (needed ? keys.ensure(connection) : keys.find(connection));
    // Whoever asks by HEAD has not read the keys.
    if (live !== null && req.method === "GET") {
      await keys.noteMetadataRead(connection, live, { requestId: requestId(req), ip: req.ip });
    }
    res.type("application/jwk-set+json").send(JSON.stringify(connectionJwks(live)));
  });
  router.head("/sso/oidc/:connectionId/callback", refuseHead("GET"));
  router.get("/sso/oidc/:connectionId/callback", async (req, res) => {
    const { connectionId } = req.params;
    const { search: response, searchParams } = new URL(req.originalUrl, context.publicUrl);
    const states = searchParams.getAll("state");
    const [state = null] = states;
    if (states.length > 1 || (state !== null && state.length > MAX_STATE)) {
      throw new SignInFailure("request_malformed", { detail: "state" });
    }
    await completeLogin(context, req, res, {
      type: "oidc",
      connectionId,
      state: state === "" ? null : state,
      response,
      orphanFinding: errorWithoutState(searchParams),
    });
  });
  router.all("/sso/oidc/:connectionId/callback", (_req, res) => {
    res.set("allow", "GET");
    throw new SignInFailure("method_not_allowed");
  });
  return router;
}

/** Some IdPs answer what they cannot read without its state, or with a foreign one (RFC 6749, 4.1.2.1 wants it). */
function errorWithoutState(parameters: URLSearchParams): Finding | undefined {
  const error = parameters.get("error");
  if (error === null || error === "") {
    return undefined;
  }
  const { finding } = authorizationFailure(error, parameters.get("error_description") ?? undefined);
  return {
    ...finding,
    message:
      "The IdP answered with an error, and without the state that names the login which it belongs to.",
  };
}
