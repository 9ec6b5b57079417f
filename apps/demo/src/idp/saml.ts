import { randomBytes } from "node:crypto";
import { defined } from "@sallyport/defined";
import { openRedirectMessage } from "@sallyport/saml";
import type { TestIdp } from "@sallyport/saml/testing";
import express, { type Request, type Response, type Router } from "express";
import { z } from "zod";
import { type Company, findPerson, type Person } from "../companies.ts";
import { PASSWORD } from "./authentication.ts";
import { sendAutoPost, sendIdpError, sendPeoplePage } from "./pages.ts";

export interface SamlIdpDeps {
  readonly company: Company;
  readonly idp: TestIdp;
  /** The only service provider that this IdP answers. */
  readonly serviceProvider: {
    readonly acsUrl: string;
    readonly spEntityId: string;
    readonly spSloUrl: string;
  };
}

const choice = z.object({
  person: z.string(),
  inResponseTo: z.string().regex(/^[\w.-]{1,128}$/),
  relayState: z.string().max(256),
});

/** Who has just come from the portal: long enough to be asked by the gateway. */
const COOKIE = "demo_idp_person";
const REMEMBERED_MS = 30_000;

/** A SAML identity provider with HTTP-Redirect in, HTTP-POST out, and a portal. */
export function samlIdp({ company, idp, serviceProvider }: SamlIdpDeps): Router {
  const router = express.Router();
  const form = express.urlencoded({ extended: false, limit: "10kb" });

  router.get("/sso", (req, res) => {
    const request = readRequest(req);
    if (request === undefined) {
      return sendIdpError(res, "This is no SAML authentication request.");
    }
    const { id: inResponseTo, relayState = "" } = request;
    const person = findPerson(company, cookieOf(req));
    res.clearCookie(COOKIE);
    if (person !== undefined) {
      return respond(res, person, { inResponseTo, relayState });
    }
    sendPeoplePage(res, company, { action: "sign-in", fields: { inResponseTo, relayState } });
  });

  // IdP-initiated: a response that nobody has asked for. The gateway asks, and finds who they are without a click.
  router.get("/portal", (_req, res) => sendPeoplePage(res, company, { action: "portal" }));
  router.post("/portal", form, (req, res) => {
    const person = findPerson(company, String(req.body?.person));
    if (person === undefined) {
      return sendIdpError(res, "Nobody of that name works here.");
    }
    res.cookie(COOKIE, person.email, {
      httpOnly: true,
      sameSite: "lax",
      maxAge: REMEMBERED_MS,
      encode: String,
    });
    respond(res, person, { inResponseTo: undefined, relayState: "" });
  });

  // Single logout. Nobody is signed in here for longer than a click, so there is nothing to end.
  router.get("/slo", (req, res) => {
    const request = readRequest(req);
    if (request === undefined) {
      return sendIdpError(res, "This is no SAML logout request.");
    }
    const destination = serviceProvider.spSloUrl;
    const answer = idp.logoutResponse({ destination, inResponseTo: request.id });
    res.redirect(303, `${destination}?${answer.query(request.relayState)}`);
  });

  router.post("/sign-in", form, (req, res) => {
    const chosen = choice.safeParse(req.body);
    const person = chosen.success ? findPerson(company, chosen.data.person) : undefined;
    if (!chosen.success || person === undefined) {
      return sendIdpError(res, "Nobody of that name works here.");
    }
    respond(res, person, chosen.data);
  });

  function respond(
    res: Response,
    person: Person,
    to: { readonly inResponseTo: string | undefined; readonly relayState: string },
  ): void {
    const response = idp.signResponse({
      audience: serviceProvider.spEntityId,
      acsUrl: serviceProvider.acsUrl,
      inResponseTo: to.inResponseTo,
      nameId: person.email,
      nameIdFormat: "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
      sessionIndex: `_${randomBytes(16).toString("hex")}`,
      authnContextClassRef: PASSWORD.acr,
      attributes: {
        email: person.email,
        firstName: person.givenName,
        lastName: person.familyName,
        username: person.email,
      },
    });
    sendAutoPost(res, randomBytes(16).toString("base64"), serviceProvider.acsUrl, {
      SAMLResponse: response,
      RelayState: to.relayState,
    });
  }

  return router;
}

/** The request that a redirect carries; undefined where it carries none. */
function readRequest(req: Request): { id: string; relayState?: string } | undefined {
  const message = openRedirectMessage(req.originalUrl.split("?")[1] ?? "");
  const id = message.ok ? /\bID="([\w.-]{1,128})"/.exec(message.xml)?.[1] : undefined;
  if (!message.ok || message.kind !== "SAMLRequest" || id === undefined) {
    return undefined;
  }
  return { id, ...defined({ relayState: message.relayState }) };
}

function cookieOf(req: Request): string {
  return new RegExp(`(?:^|; *)${COOKIE}=([^;]*)`).exec(req.headers.cookie ?? "")?.[1] ?? "";
}
