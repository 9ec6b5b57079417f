import { sendOn } from "@sallyport/html";
import { OAuthError } from "@sallyport/oauth";
import { type ErrorRequestHandler, type Request, type RequestHandler, type Response, text } from "express";
import { handlePageErrors } from "../errors/error-pages.ts";
import { ROUTES } from "../routes.ts";

const FORM = "application/x-www-form-urlencoded";
/** The length limit of our addresses: Node accepts 16 KB of headers in total. */
const LONGEST = 8 * 1024;

/**
 * An authorization request by POST (OpenID Connect Core 3.1.2.1): the browser is sent on to the same one by GET. A form
 * that another site posts comes without our SameSite cookies, so that nobody would seem to be signed in; the GET that
 * follows brings them. Whatever is longer than an address may be has to be pushed (RFC 9126).
 */
export const authorizeByPost: (RequestHandler | ErrorRequestHandler)[] = [
  text({ type: FORM, limit: "56kb" }),
  (req: Request, res: Response) => {
    const body: unknown = req.body;
    if (typeof body !== "string") {
      throw new OAuthError("invalid_request", `the request must be a form, of the type ${FORM}`);
    }
    const query = new URLSearchParams(body).toString();
    if (query.length > LONGEST) {
      throw new OAuthError(
        "invalid_request",
        `the form is longer than ${LONGEST} characters; such a request has to be pushed to ${ROUTES.pushedRequest}`,
      );
    }
    sendOn(res, `${ROUTES.authorize}?${query}`);
  },
  handlePageErrors,
];
