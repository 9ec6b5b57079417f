import createClient from "openapi-fetch";
import { ApiProblem } from "../api/client.ts";
import type { paths } from "../api/schema.d.ts";

/** No other site can have a browser send this header along with the session's cookie. */
export const CONSOLE_HEADER = { "x-sallyport-console": "1" } as const;

/** The management API, as the signed-in person. */
export const api = createClient<paths>({ baseUrl: "/api/v1", headers: CONSOLE_HEADER });

/** Whether the session is over, so that only a new sign-in helps. */
export const isSignedOut = (error: unknown): boolean => error instanceof ApiProblem && error.status === 401;

/** Whether there is no such thing, or not for this person: the API does not tell the two apart. */
export const isNotFound = (error: unknown): boolean => error instanceof ApiProblem && error.status === 404;
