import { requestId } from "@sallyport/http";
import express, { type Request, type RequestHandler, type Response, type Router } from "express";
import { authenticate } from "../access/authentication.ts";
import { requirePermission } from "../access/caller.ts";
import type { ManagementApiDeps } from "../deps.ts";
import { problem } from "../errors.ts";
import { Download, serveDownload } from "./download.ts";
import type { Endpoint } from "./endpoint.ts";
import { EventStream, serveEvents } from "./event-stream.ts";
import { OpenStreams } from "./open-streams.ts";

/** Routes each endpoint, and answers 405 to the methods that a path has not. */
export function mountEndpoints(
  router: Router,
  deps: ManagementApiDeps,
  endpoints: readonly Endpoint[],
): void {
  const downloads = new OpenStreams();
  const paths = new Set(endpoints.map((endpoint) => endpoint.path));
  for (const path of paths) {
    const here = endpoints.filter((endpoint) => endpoint.path === path);
    const route = router.route(path.replaceAll(/\{(\w+)\}/g, ":$1"));
    for (const endpoint of here) {
      route[endpoint.method](serve(deps, endpoint, downloads));
    }
    const allowed = here.map((endpoint) => endpoint.method.toUpperCase()).join(", ");
    route.all((_req, res) => {
      res.setHeader("Allow", allowed);
      throw problem("method_not_allowed");
    });
  }
}

// Key, reach and permission are looked at before a byte of the body is read.
function serve(deps: ManagementApiDeps, endpoint: Endpoint, downloads: OpenStreams): RequestHandler {
  return async (req, res) => {
    res.setHeader("Cache-Control", "no-store");
    const caller = await authenticate(deps, req, res);
    const gone = new AbortController();
    res.once("close", () => gone.abort());
    const context = {
      deps,
      caller,
      requestId: requestId(req),
      ip: req.ip,
      lastEventId: req.get("last-event-id"),
      ended: AbortSignal.any([gone.signal, deps.stopping]),
    };
    const input = { params: pathParameters(req), query: req.query, body: () => readJson(req, res) };
    const reply = await endpoint.run(context, input);
    if (reply instanceof EventStream) {
      return serveEvents(req, res, reply, deps.stopping);
    }
    if (reply instanceof Download) {
      const close = downloads.open(reply.owner);
      const askAccess = async () =>
        requirePermission(await authenticate(deps, req, res), endpoint.permission);
      return serveDownload(res, reply, { now: deps.now, askAccess, ended: context.ended }).finally(close);
    }
    res.status(endpoint.status);
    if (reply === undefined) {
      res.end();
    } else {
      res.json(reply);
    }
  };
}

const parseJson = express.json({ limit: "1mb" });

/** The parsed body, undefined when there is none. Throws what body-parser throws. */
async function readJson(req: Request, res: Response): Promise<unknown> {
  // RFC 9112, section 6: one of the two headers announces a body. (body-parser would make `{}` of an empty one.)
  const length = Number(req.get("content-length") ?? 0);
  if (length === 0 && req.get("transfer-encoding") === undefined) {
    return undefined;
  }
  if (req.is("application/json") === false) {
    throw problem("content_type_unsupported");
  }
  await new Promise<void>((resolve, reject) => {
    parseJson(req, res, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
  });
  return req.body;
}

// Our paths have no wildcards, so each parameter is one string.
function pathParameters(req: Request): Record<string, string> {
  return Object.fromEntries(
    Object.entries(req.params).map(([name, value]) => [name, typeof value === "string" ? value : ""]),
  );
}
