import { bearerToken, challenge } from "@sallyport/oauth";
import { digestToken, matchesDigest } from "@sallyport/secrets";
import type { Request, Response } from "express";
import type { ManagementApiDeps } from "../deps.ts";
import { problem } from "../errors.ts";
import type { Caller } from "./caller.ts";
import { storedPermissions } from "./permissions.ts";

const USE_RECORDED_EVERY_MS = 60_000;

/**
 * Who is calling, by RFC 6750: the root key, compared in constant time, or an API key, found by its digest. Throws
 * 401 and sets `WWW-Authenticate` otherwise; 429 where that has come too often from the network.
 */
export async function authenticate(deps: ManagementApiDeps, req: Request, res: Response): Promise<Caller> {
  const token = bearerToken(req.get("authorization"));
  if (token === undefined) {
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

async function callerOf(deps: ManagementApiDeps, token: string): Promise<Caller | null> {
  if (matchesDigest(token, deps.rootKeyDigest)) {
    return { type: "rootKey", organizationId: null };
  }
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
  await recordUse(deps, key, now);
  const { id, organizationId } = key;
  return { type: "apiKey", id, organizationId, permissions: storedPermissions(key.permissions) };
}

// To the minute is near enough for finding idle keys, and saves a write for each request.
async function recordUse(
  deps: ManagementApiDeps,
  key: { readonly id: string; readonly lastUsedAt: Date | null },
  now: Date,
): Promise<void> {
  const due = new Date(now.getTime() - USE_RECORDED_EVERY_MS);
  if (key.lastUsedAt !== null && key.lastUsedAt > due) {
    return;
  }
  await deps.database.prisma.apiKey.updateMany({ where: { id: key.id }, data: { lastUsedAt: now } });
}
