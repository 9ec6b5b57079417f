import type { ConnectionKeys } from "@sallyport/connection-keys";
import { requestId } from "@sallyport/http";
import express, { type Request, Router } from "express";
import { z } from "zod";
import { sendAutoPost } from "../pages/index.ts";
import type { BrowserCookie } from "../sign-in/browser.ts";
import { completeLogin } from "../sign-in/complete.ts";
import { findConnection } from "../sign-in/connections.ts";
import { SignInFailure } from "../sign-in/failures.ts";
import type { SignInDeps } from "../sign-in/protocol.ts";
import { refuseEncodedNames } from "./form-names.ts";
import { spMetadata } from "./metadata.ts";
import { verifySamlResponse } from "./verify-response.ts";

/** Beyond what the validator accepts, so that it can tell why. */
const FORM_LIMIT = "512kb";
/** Marks the form that we made the browser post again. */
const SECOND_POST = "sallyport_second_post";

const postedForm = z.object({
  SAMLResponse: z.string().min(1),
  RelayState: z.string().max(80).optional(),
  [SECOND_POST]: z.literal("1").optional(),
});

/** The SAML service providers: one per connection, under /sso/saml/{connectionId}. */
export function createSamlRouter(deps: SignInDeps, cookie: BrowserCookie, keys: ConnectionKeys): Router {
  const router = Router();
  const form = express.urlencoded({
    extended: false,
    limit: FORM_LIMIT,
    parameterLimit: 20,
    verify: refuseEncodedNames,
  });

  router.get("/sso/saml/:connectionId/metadata", async (req, res) => {
    const connection = await findConnection(deps.database.sql, "saml", req.params.connectionId);
    if (connection === null) throw new SignInFailure("connection_unknown");
    const live = await keys.ensure(connection);
    await keys.noteMetadataRead(connection, live, { requestId: requestId(req), ip: req.ip });
    res.type("application/samlmetadata+xml").send(spMetadata(deps.publicUrl, connection, live));
  });

  router.post("/sso/saml/:connectionId/acs", form, async (req, res) => {
    const { SAMLResponse: response, RelayState, [SECOND_POST]: again } = parseForm(req);
    const { connectionId } = req.params;
    const state = RelayState === undefined || RelayState === "" ? null : RelayState;
    // Over plain http our cookie is SameSite=Lax and stays away from a post that another site started, and some browsers
    // hold back every cookie there. A post from our own page carries it.
    if (state !== null && again === undefined && cookie.read(req) === null) {
      sendAutoPost(res, req.originalUrl, { SAMLResponse: response, RelayState: state, [SECOND_POST]: "1" });
      return;
    }
    const answer = { type: "saml", connectionId, state } as const;
    const posted = { response, publicUrl: deps.publicUrl, now: deps.now() };
    await completeLogin(deps, cookie, req, res, answer, (login) => verifySamlResponse(posted, keys, login));
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
