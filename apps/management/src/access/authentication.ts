import { bearerToken, challenge } from "@sallyport/oauth";
import { digestToken, isTokenOf, matchesDigest } from "@sallyport/secrets";
import type { Request, Response } from "express";
import type { ManagementApiDeps } from "../deps.ts";
import { problem } from "../errors.ts";
import { type Caller, personCaller } from "./caller.ts";
import { leftByCreators } from "./creators.ts";
import { storedPermissions } from "./permissions.ts";
import { permissionsOfIntents } from "./setup-intents.ts";

const USE_RECORDED_EVERY_MS = 60_000;

/**
 * Who is calling, by RFC 6750: the root key, compared in constant time, or an API key or setup link, found by its digest; or,
 * where there is no Authorization, somebody who is signed in to the console. Throws 401 and sets `WWW-Authenticate` otherwise;
 * 429 where that has come too often from the network.
 */
export async function authenticate(deps: ManagementApiDeps, req: Request, res: Response): Promise<Caller> {
  const authorization = req.get("authorization");
  const token = bearerToken(authorization);
  if (token === undefined) {
    const visitor = authorization === undefined ? await visitorOf(deps, req) : null;
    if (visitor !== null) {
      return visitor;
    }
    res.setHeader("WWW-Authenticate", challenge("Bearer", { realm: "sallyport" }));
    throw problem("authentication_required");
  }
  const caller = await callerOf(deps, token);
  if (caller === null) {
    const wait = deps.failures?.count(req.ip) ?? null;
    if (wait !== null) {
      res.setHeader("Retry-After", String(wait));
      throw problem("authentication_failures_too_many");
    }
    res.setHeader("WWW-Authenticate", challenge("Bearer", { realm: "sallyport", error: "invalid_token" }));
    throw problem("key_invalid");
  }
  return caller;
}

async function visitorOf({ consoleVisitors }: ManagementApiDeps, req: Request): Promise<Caller | null> {
  const found = (await consoleVisitors?.find(req)) ?? null;
  if (found === "refused") {
    throw problem("console_request_refused");
  }
  return found && personCaller(found);
}

async function callerOf(deps: ManagementApiDeps, token: string): Promise<Caller | null> {
  if (matchesDigest(token, deps.rootKeyDigest)) {
    return { type: "rootKey", organizationId: null };
  }
  return isTokenOf("sp_setup", token) ? setupLinkOf(deps, token) : apiKeyOf(deps, token);
}

async function apiKeyOf(deps: ManagementApiDeps, token: string): Promise<Caller | null> {
  const key = await deps.database.prisma.apiKey.findUnique({
    where: { digest: Uint8Array.from(digestToken(token)) },
    select: {
      id: true,
      organizationId: true,
      permissions: true,
      expiresAt: true,
      revokedAt: true,
      lastUsedAt: true,
    },
  });
  const now = deps.now();
  if (key === null || key.revokedAt !== null || (key.expiresAt !== null && key.expiresAt <= now)) {
    return null;
  }
  if (isUseDue(key, now)) {
    await deps.database.prisma.apiKey.updateMany({ where: { id: key.id }, data: { lastUsedAt: now } });
  }
  const { id, organizationId } = key;
  return { type: "apiKey", id, organizationId, permissions: storedPermissions(key.permissions) };
}

async function setupLinkOf(
  { database, now: clock }: ManagementApiDeps,
  token: string,
): Promise<Caller | null> {
  const now = clock();
  const link = await database.prisma.setupLink.findUnique({
    where: { digest: Uint8Array.from(digestToken(token)), revokedAt: null, expiresAt: { gt: now } },
    select: {
      ...{ id: true, organizationId: true, connectionId: true, intents: true },
      ...{ createdBy: true, lastUsedAt: true },
    },
  });
  if (link === null) {
    return null;
  }
  // It may do no more than who made it may: who has left, or lost their role, keeps no way in.
  const isLeft = await leftByCreators(database.sql, [link]);
  if (isLeft(link)) {
    return null;
  }
  const { id, organizationId, connectionId, intents } = link;
  if (isUseDue(link, now)) {
    await database.prisma.setupLink.updateMany({ where: { id }, data: { lastUsedAt: now } });
  }
  return { type: "setupLink", id, organizationId, connectionId, permissions: permissionsOfIntents(intents) };
}

// To the minute is near enough for finding what is idle, and saves a write for each request.
function isUseDue({ lastUsedAt }: { readonly lastUsedAt: Date | null }, now: Date): boolean {
  return lastUsedAt === null || lastUsedAt.getTime() <= now.getTime() - USE_RECORDED_EVERY_MS;
}
