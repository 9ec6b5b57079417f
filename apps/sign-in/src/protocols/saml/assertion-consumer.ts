import { sendAutoPost } from "@sallyport/html";
import { plainForm } from "@sallyport/http";
import { createLoginTrace, type Finding } from "@sallyport/login-records";
import { peekResponse } from "@sallyport/saml";
import { type Request, Router } from "express";
import { z } from "zod";
import type { SignInContext } from "../../core/context.ts";
import { SignInFailure, type SignInFailureCode } from "../../core/failures.ts";
import { completeLogin } from "../../core/login.ts";
import { isLoginRequestId } from "../../core/login-requests.ts";
import { recordOrphan } from "../../core/records.ts";
import { findIdpInitiatedLogin, requestOwnLogin } from "../../idp-initiated/unsolicited.ts";
import { isStateOfRequest } from "./verify-response.ts";
import { readWrongBinding } from "./wrong-binding.ts";

const PATH = "/sso/saml/:connectionId/acs";
/** Beyond what the validator accepts, so that it can tell why. */
const FORM_LIMIT = "512kb";
/** Counts how often we made the browser post the form again. */
const POSTED_AGAIN = "sallyport_second_post";
/** Ours has 49 characters; an IdP that puts its own in place of it may send the address of a page. */
const MAX_RELAY_STATE = 2_048;

const postedForm = z.object({
  SAMLResponse: z.string().min(1),
  RelayState: z.string().max(MAX_RELAY_STATE).optional(),
  [POSTED_AGAIN]: z.enum(["1", "2"]).optional(),
});

/** The assertion consumer service: where an IdP has the browser post its response (SAML bindings 3.5). */
export function createAssertionConsumer(context: SignInContext): Router {
  const { cookie, database } = context;
  const router = Router();
  const form = plainForm(
    FORM_LIMIT,
    () => new SignInFailure("request_malformed", { detail: "encoded parameter name" }),
  );

  router.post(PATH, form, async (req, res) => {
    const { connectionId } = req.params;
    await refuseWrongBinding(req, connectionId, "request_malformed");
    const { SAMLResponse: response, RelayState = "", [POSTED_AGAIN]: again } = parseForm(req);
    const state = RelayState === "" ? null : RelayState;
    const returned = state !== null && isLoginRequestId(state);
    const idpInitiated = returned
      ? null
      : await findIdpInitiatedLogin(database.sql, { connectionId, response, relayState: state });
    const inResponseTo = returned || idpInitiated !== null ? undefined : claimedRequest(response);
    if (cookie.read(req) === null) {
      const postAgain = (count: "1" | "2") =>
        sendAutoPost(res, req.originalUrl, { SAMLResponse: response, RelayState, [POSTED_AGAIN]: count });
      // Over plain http our cookie is SameSite=Lax and stays away from a post that another site started, and some browsers
      // hold back every cookie there. A post from our own page carries it.
      if (again === undefined && (state !== null || idpInitiated !== null || inResponseTo !== undefined)) {
        return postAgain("1");
      }
      // A new browser is given one, and must prove that it keeps cookies.
      if (again === "1" && idpInitiated !== null) {
        cookie.ensure(req, res);
        return postAgain("2");
      }
    }
    if (idpInitiated !== null) {
      return requestOwnLogin(context, req, res, idpInitiated);
    }
    await completeLogin(context, req, res, {
      type: "saml",
      connectionId,
      state,
      response,
      mayRepeat: true,
      ...(inResponseTo === undefined ? {} : relayStateLost(state, inResponseTo)),
    });
  });

  router.all(PATH, async (req, res) => {
    res.set("allow", "POST");
    await refuseWrongBinding(req, String(req.params.connectionId), "method_not_allowed");
    throw new SignInFailure("method_not_allowed");
  });
  return router;

  /** Throws `SignInFailure`, with the attempt recorded, where the request carries a response by another binding. */
  async function refuseWrongBinding(req: Request, connectionId: string, page: SignInFailureCode) {
    const wrong = readWrongBinding(req);
    if (wrong === null) {
      return;
    }
    const trace = createLoginTrace(context.now);
    trace.add("response_received");
    const failure = new SignInFailure(page, { finding: wrong.finding });
    await recordOrphan(context, req, { type: "saml", connectionId, shown: wrong.shown }, trace, failure);
    throw failure;
  }
}

function parseForm(req: Request): z.infer<typeof postedForm> {
  const parsed = postedForm.safeParse(req.body);
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join(".") ?? "";
    throw new SignInFailure("request_malformed", { detail: field });
  }
  return parsed.data;
}

/** Which request a response says that it answers. Nothing of it is verified. */
function claimedRequest(response: string): string | undefined {
  const claimed = peekResponse(response);
  return claimed.ok ? claimed.inResponseTo : undefined;
}

/**
 * Some IdPs do not return RelayState, or put their own in its place. Then the login is the one of this browser whose
 * request the response says that it answers; that it does is verified with everything else.
 */
function relayStateLost(state: string | null, inResponseTo: string) {
  const came = state === null ? "missing" : "changed";
  const finding: Finding = {
    code: state === null ? "response_unsolicited" : "login_unknown",
    message: `RelayState came back ${came}, and no login that waits in this browser made the request that the response answers (InResponseTo).`,
    fix: "Have the IdP return RelayState as it was sent (SAML bindings 3.5.3); a default RelayState that is set for this application there must not replace it. If it happens only now and then, the person took longer than ten minutes or changed the browser.",
    detail: `InResponseTo ${inResponseTo}${state === null ? "" : `, RelayState ${state}`}`,
  };
  return {
    belongsTo: isStateOfRequest(inResponseTo),
    received: { relayState: came },
    orphanFinding: finding,
  };
}
