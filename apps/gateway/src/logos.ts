import { readLogoBytes } from "@sallyport/branding";
import type { Database } from "@sallyport/database";
import { Problem } from "@sallyport/http";
import { Router } from "express";

const FILE = /^([0-9a-f]{64})\.png$/;
const YEAR_SECONDS = 31_536_000;

/**
 * `/logos/{digest}.png`, for every page of every role. Whoever knows an address may see the picture: sign-in pages show it
 * to people who are not signed in yet.
 */
export function createLogoRouter({ sql }: Database): Router {
  const router = Router();
  router.get("/:file", async (req, res) => {
    const [, digest] = FILE.exec(req.params.file) ?? [];
    const png = digest === undefined ? null : await readLogoBytes(sql, digest);
    if (png === null) {
      throw new Problem(404, "logo_not_found", "There is no such logo.");
    }
    res
      .set({
        "content-type": "image/png",
        "cache-control": `public, max-age=${YEAR_SECONDS}, immutable`,
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
        "x-content-type-options": "nosniff",
      })
      .send(png);
  });
  return router;
}
