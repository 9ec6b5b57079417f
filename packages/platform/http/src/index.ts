export { type BrowserCookie, cookieValue, createBrowserCookie } from "./browser-cookie.ts";
export { hasEncodedNames } from "./form-names.ts";
export { handleProblems, logRequests, notFound, routePattern } from "./middleware.ts";
export { originOf } from "./origin.ts";
export { parseInput } from "./parse.ts";
export { Problem, type ProblemDocument, type ProblemField, problemDocument } from "./problem.ts";
export { asProblem } from "./request-error.ts";
export { assignRequestId, requestId } from "./request-id.ts";
export { comeBackLater, noteOutage } from "./unavailable.ts";
