import { handleProblems, notFound } from "@sallyport/http";
import { Router } from "express";
import { mountEndpoints } from "./api/mount.ts";
import { openApiDocument } from "./api/openapi.ts";
import type { ManagementApiDeps } from "./deps.ts";
import { endpointsOf } from "./resources/index.ts";

/**
 * The management API, to be mounted at `/api`: `/v1/...` for keys, `/openapi.json` for everyone. Complete by itself:
 * it parses bodies, answers unknown paths, and turns whatever is thrown into problem+json.
 */
export function createManagementApi(deps: ManagementApiDeps): Router {
  const endpoints = endpointsOf(deps);
  const document = openApiDocument(endpoints, deps.publicUrl);
  const v1 = Router({ caseSensitive: true, strict: true });
  mountEndpoints(v1, deps, endpoints);

  const router = Router({ caseSensitive: true });
  router.get("/openapi.json", (_req, res) => void res.json(document));
  router.use("/v1", v1);
  router.use(notFound(), handleProblems(deps.log));
  return router;
}
