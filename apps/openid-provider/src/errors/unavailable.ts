import { pageHeaders, renderErrorPage, sendPage } from "@sallyport/html";
import { noteOutage, requestId } from "@sallyport/http";
import type { Logger } from "@sallyport/logging";
import { type Outage, UNAVAILABLE } from "@sallyport/outage";
import type { Request, Response } from "express";

/** What a person reads while a server is away. */
const WORDS = {
  code: "unavailable",
  status: 503,
  title: "Signing in does not work at the moment",
  message: "A server that we need does not answer. Nothing is wrong with your account.",
  advice: "Wait a few seconds, then reload this page. If that does not help, start again at the application.",
} as const;

/** RFC 6749, 4.1.2.1: the only code of OAuth's that says that it will work later. */
const OAUTH_ERROR = { error: "temporarily_unavailable", error_description: UNAVAILABLE } as const;

/** Answers a request that met an outage: a browser by a page, an application in OAuth's form. */
export function answerUnavailable(log: Logger, outage: Outage, req: Request, res: Response): void {
  noteOutage(log, outage, req, res);
  if (req.accepts(["json", "html"]) === "html") {
    sendPage(res, 503, renderErrorPage({ ...WORDS, requestId: requestId(req) }));
  } else {
    res.status(503).set("cache-control", "no-store").json(OAUTH_ERROR);
  }
}

interface KoaAnswer {
  readonly req: object;
  readonly res: object;
  status: number;
  body: unknown;
  accepts(...types: string[]): string | string[] | false;
  remove(name: string): void;
  set(headers: Record<string, string>): void;
}

/** The same in place of what oidc-provider prepared to answer: no code and no cookie leaves. */
export function prepareUnavailable(log: Logger, outage: Outage, ctx: KoaAnswer): void {
  const req = ctx.req as Request; // Express made them, in front of Koa
  for (const name of ["location", "set-cookie", "content-type", "www-authenticate"]) {
    ctx.remove(name);
  }
  noteOutage(log, outage, req, ctx.res as Response);
  ctx.status = 503;
  if (ctx.accepts("json", "html") === "html") {
    ctx.set(pageHeaders());
    ctx.body = renderErrorPage({ ...WORDS, requestId: requestId(req) });
  } else {
    ctx.set({ "cache-control": "no-store" });
    ctx.body = OAUTH_ERROR;
  }
}
