import { findConnection } from "@sallyport/connections";
import type { ConnectionKeys } from "@sallyport/connections/keys";
import { sendAutoPost } from "@sallyport/html";
import { hasEncodedNames, requestId } from "@sallyport/http";
import express, { type Request, Router } from "express";
import { z } from "zod";
import type { SignInContext } from "../../core/context.ts";
import { SignInFailure } from "../../core/failures.ts";
import { completeLogin } from "../../core/login.ts";
import { isLoginRequestId } from "../../core/login-requests.ts";
import { findVisitor, startOver } from "../../idp-initiated/unsolicited.ts";
import { connectionMetadata } from "./metadata.ts";

/** Beyond what the validator accepts, so that it can tell why. */
const FORM_LIMIT = "512kb";
/** Counts how often we made the browser post the form again. */
const POSTED_AGAIN = "sallyport_second_post";
/** An IdP's own may be the address of a page. */
const MAX_RELAY_STATE = 2_048;
/** SAML bindings 3.4.3. */
const MAX_OWN_RELAY_STATE = 80;

const postedForm = z.object({
  SAMLResponse: z.string().min(1),
  RelayState: z.string().max(MAX_RELAY_STATE).optional(),
  [POSTED_AGAIN]: z.enum(["1", "2"]).optional(),
});

/** The SAML service providers: one per connection, under /sso/saml/{connectionId}. */
export function createSamlRouter(context: SignInContext, keys: ConnectionKeys): Router {
  const { cookie, database, publicUrl } = context;
  const router = Router();
  const form = express.urlencoded({
    extended: false,
    limit: FORM_LIMIT,
    parameterLimit: 20,
    verify: (_req, _res, body) => {
      if (hasEncodedNames(body)) {
        throw new SignInFailure("request_malformed", { detail: "encoded parameter name" });
      }
    },
  });

  router.get("/sso/saml/:connectionId/metadata", async (req, res) => {
    const connection = await findConnection(database.sql, "saml", req.params.connectionId);
    if (connection === null) {
      throw new SignInFailure("connection_unknown");
    }
    const live = await keys.ensure(connection);
    // Whoever asks by HEAD has not read the keys.
    if (req.method === "GET") {
      await keys.noteMetadataRead(connection, live, { requestId: requestId(req), ip: req.ip });
    }
    res.type("application/samlmetadata+xml").send(connectionMetadata(publicUrl, connection, live));
  });

  router.post("/sso/saml/:connectionId/acs", form, async (req, res) => {
    const { SAMLResponse: response, RelayState = "", [POSTED_AGAIN]: again } = parseForm(req);
    const { connectionId } = req.params;
    const state = RelayState === "" ? null : RelayState;
    const visitor =
      state !== null && isLoginRequestId(state)
        ? null
        : await findVisitor(database.sql, { connectionId, response, relayState: state });
    if (visitor === null && RelayState.length > MAX_OWN_RELAY_STATE) {
      throw new SignInFailure("request_malformed", { detail: "RelayState" });
    }
    if (cookie.read(req) === null) {
      const postAgain = (count: "1" | "2") =>
        sendAutoPost(res, req.originalUrl, { SAMLResponse: response, RelayState, [POSTED_AGAIN]: count });
      // Over plain http our cookie is SameSite=Lax and stays away from a post that another site started, and some browsers
      // hold back every cookie there. A post from our own page carries it.
      if (again === undefined && (state !== null || visitor !== null)) {
        return postAgain("1");
      }
      // Whoever was never here is given one, and has to show that their browser keeps it.
      if (again === "1" && visitor !== null) {
        cookie.ensure(req, res);
        return postAgain("2");
      }
    }
    if (visitor !== null) {
      return startOver(context, req, res, visitor);
    }
    await completeLogin(context, req, res, { type: "saml", connectionId, state, response });
  });

  router.all(["/sso/saml/:connectionId/acs", "/sso/saml/:connectionId/metadata"], (req, res) => {
    res.set("allow", req.path.endsWith("/acs") ? "POST" : "GET, HEAD");
    throw new SignInFailure("method_not_allowed");
  });
  return router;
}

function parseForm(req: Request): z.infer<typeof postedForm> {
  const parsed = postedForm.safeParse(req.body);
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join(".") ?? "";
    throw new SignInFailure("request_malformed", { detail: field });
  }
  return parsed.data;
}
