import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Problem } from "@sallyport/http";
import { Router } from "express";
import sirv from "sirv";

/** Where `vite build` leaves the page. */
const BUILT = fileURLToPath(new URL("../../dist/web/", import.meta.url));
const NONCE = "__NONCE__";
const YEAR_SECONDS = 31_536_000;
/** Documents, and the addresses that the browser's own routing shows in each. */
const DOCUMENTS = {
  "index.html": ["/setup/:token", "/setup/:token/:step"],
  "console.html": ["/console", "/console/*path"],
};

export interface PageOptions {
  /** Origins whose pages may show the setup page in a frame. It takes no cookie, so that nothing of theirs acts for anybody. */
  readonly setupFrameAncestors?: readonly string[];
}

/** `/setup/{token}`, `/console`, and the files that they load. Whatever else answers below `/console` stands before it. */
export function pages({ setupFrameAncestors = [] }: PageOptions = {}, folder = BUILT): Router {
  const router = Router();
  if (!Object.keys(DOCUMENTS).every((name) => existsSync(`${folder}/${name}`))) {
    router.get(Object.values(DOCUMENTS).flat(), () => {
      throw new Problem(
        503,
        "console_not_built",
        "The page is not built. Run `npm run build`, then start again.",
      );
    });
    return router;
  }
  // Names carry the hash of the content: what has a name never changes.
  router.use(
    "/assets",
    sirv(`${folder}/assets`, { brotli: true, gzip: true, immutable: true, maxAge: YEAR_SECONDS }),
  );
  for (const [name, addresses] of Object.entries(DOCUMENTS)) {
    const document = readFileSync(`${folder}/${name}`, "utf8");
    const framedBy = name === "index.html" ? setupFrameAncestors : [];
    router.get(addresses, (req, res, next) => {
      if (req.accepts("html") === false) {
        return next();
      }
      const nonce = randomBytes(16).toString("base64url");
      if (framedBy.length > 0) {
        res.removeHeader("x-frame-options"); // which knows no list
      }
      res
        .set({
          "content-type": "text/html; charset=utf-8",
          "cache-control": "no-store",
          "content-security-policy": contentSecurityPolicy(nonce, framedBy),
          // The address of a setup page holds the link's token.
          "referrer-policy": "no-referrer",
        })
        .send(document.replaceAll(NONCE, nonce));
    });
  }
  return router;
}

/** No script and no style but our own files, and the components' style elements, which carry the nonce. */
function contentSecurityPolicy(nonce: string, framedBy: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    `frame-ancestors ${framedBy.length === 0 ? "'none'" : framedBy.join(" ")}`,
    "base-uri 'none'",
  ].join("; ");
}
