import {
  type ConsoleRole,
  type ConsoleSession,
  createConsoleSession,
  findConsoleSession,
} from "@sallyport/console-access";
import type { Database } from "@sallyport/database";
import { defined } from "@sallyport/defined";
import { Problem, parseInput, requestId } from "@sallyport/http";
import { type FailureLimit, UNLIMITED_FAILURES } from "@sallyport/limits";
import type { Logger } from "@sallyport/logging";
import { bearerToken, challenge } from "@sallyport/oauth";
import { readableAddress } from "@sallyport/people";
import { matchesDigest } from "@sallyport/secrets";
import { revokeSessions } from "@sallyport/sessions";
import express, { type Request, type RequestHandler, type Response, Router } from "express";
import { z } from "zod";
import { createConsoleCookie } from "./cookie.ts";
import { endVisit } from "./end-visit.ts";
import { hasConsoleHeader, isOwnRequest } from "./own-request.ts";

export interface SessionDeps {
  readonly database: Database;
  readonly log: Logger;
  readonly now: () => Date;
  readonly publicUrl: string;
  /** SHA-256 of the root key. */
  readonly rootKeyDigest: Uint8Array;
  /** What a role may do in the management API. */
  readonly permissionsOf: (role: ConsoleRole) => readonly string[];
  /** Requests with a root key that is none. Default: no limit. */
  readonly failures?: FailureLimit;
  /** Called after a commit that ended a sign-in. Never throws, never blocks. */
  readonly requestLogout: () => void;
}

const choice = z.strictObject({ organizationId: z.uuid() });

/** `/console/session` and `/console/sign-out`: who is signed in, by which role, and the end of it. */
export function sessionRoutes(deps: SessionDeps): Router {
  const { database, now, publicUrl, rootKeyDigest } = deps;
  const cookie = createConsoleCookie(publicUrl);
  const originOf = (req: Request) => ({
    now: now(),
    requestId: requestId(req),
    ...defined({ ip: req.ip }),
  });

  async function requireSession(req: Request): Promise<ConsoleSession> {
    const token = cookie.read(req);
    const session =
      token === null ? null : await findConsoleSession(database.sql, token, { now: now(), rootKeyDigest });
    if (session === null) {
      throw new Problem(401, "authentication_required", "Nobody is signed in. Go to /console/sign-in.");
    }
    return session;
  }

  /** What changes something is taken from our own pages alone. */
  const fromOwnPage: RequestHandler = (req, _res, next) => {
    if (!isOwnRequest(req, publicUrl) || !hasConsoleHeader(req)) {
      throw new Problem(
        403,
        "console_request_refused",
        "This is taken from the console's own pages only: same origin, with `X-Sallyport-Console: 1`.",
      );
    }
    next();
  };

  const router = Router();
  const route = router.route("/session");
  route.all((_req, res, next) => {
    res.setHeader("Cache-Control", "no-store");
    next();
  });
  route.get(async (req, res) => {
    res.json(viewOf(await requireSession(req), deps));
  });
  route.put(fromOwnPage, express.json({ limit: "1kb" }), async (req, res) => {
    const session = await requireSession(req);
    const { organizationId } = parseInput(choice, req.body);
    if (session.person?.organization.id !== organizationId) {
      throw new Problem(404, "organization_not_found", "You have no role in such an organization.");
    }
    res.json(viewOf(session, deps));
  });
  route.post(fromOwnPage, async (req, res) => {
    requireRootKey(req, res, deps);
    const origin = originOf(req);
    const { token, expiresAt } = await database.transaction(async (sql) => {
      await endVisit(sql, cookie.read(req), "replaced", { ...origin, rootKeyDigest });
      return createConsoleSession(sql, { rootKeyDigest }, origin);
    });
    cookie.set(res, token, expiresAt);
    res.status(201).json(viewOf({ id: "", person: null, expiresAt }, deps));
  });

  router.post("/sign-out", fromOwnPage, async (req, res) => {
    res.setHeader("Cache-Control", "no-store");
    const { now: at, ...origin } = originOf(req);
    await database.transaction(async (sql) => {
      const ended = await endVisit(sql, cookie.read(req), "signed_out", {
        now: at,
        rootKeyDigest,
        ...origin,
      });
      const person = ended?.person ?? null;
      if (person !== null) {
        // The sign-in as well: else the next visit would be signed in without a word.
        await revokeSessions(
          sql,
          person.organization.id,
          { sessionIds: [person.sessionId] },
          { reason: "console_sign_out", now: at, actor: { type: "user", id: person.id }, ...origin },
        );
      }
    });
    deps.requestLogout();
    cookie.clear(res);
    res.status(204).end();
  });
  return router;
}

function requireRootKey(req: Request, res: Response, { rootKeyDigest, ...deps }: SessionDeps): void {
  const key = bearerToken(req.get("authorization"));
  if (key !== undefined && matchesDigest(key, rootKeyDigest)) {
    return;
  }
  const { failures = UNLIMITED_FAILURES } = deps;
  const wait = key === undefined ? null : failures.count(req.ip);
  if (wait !== null) {
    res.setHeader("Retry-After", String(wait));
    throw new Problem(
      429,
      "authentication_failures_too_many",
      "Too many requests of this address carry a key that is none. Wait for `Retry-After`.",
    );
  }
  res.setHeader("WWW-Authenticate", challenge("Bearer", { realm: "sallyport" }));
  throw new Problem(401, "key_invalid", "This is not the root key of the gateway.");
}

function viewOf({ person, expiresAt }: ConsoleSession, { permissionsOf }: SessionDeps) {
  const role = person?.role ?? "operator";
  const of = { role, permissions: permissionsOf(role), expiresAt: expiresAt.toISOString() };
  if (person === null) {
    return { actor: { type: "rootKey" }, organization: null, organizations: [], ...of };
  }
  const { id, name, email, organization } = person;
  return {
    actor: { type: "person", id, name, email: email === null ? null : readableAddress(email) },
    organization: role === "operator" ? null : organization,
    organizations: [{ ...organization, role }],
    ...of,
  };
}
