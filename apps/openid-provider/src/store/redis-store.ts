import type { Sql } from "@sallyport/database";
import { digestToken } from "@sallyport/secrets";
import type { Cluster, Redis } from "ioredis";
import { z } from "zod";
import {
  type Artifact,
  type ArtifactKey,
  type ArtifactStore,
  digestOf,
  type Payload,
} from "./artifact-store.ts";
import { noteUse } from "./postgres-store.ts";

/**
 * One hash an artifact: `payload`, `consumed` once used (when, in milliseconds), and `+name` for what was added later. Every script and
 * transaction touches one key, so that it runs on a cluster, too.
 */
const SCRIPTS = {
  consume: `
    local payload = redis.call('HGET', KEYS[1], 'payload')
    if not payload then return false end
    local before = redis.call('HGET', KEYS[1], 'consumed')
    if not before then redis.call('HSET', KEYS[1], 'consumed', ARGV[1]) end
    return {payload, before}`,
  add: `
    if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
    redis.call('HSET', KEYS[1], 'payload', ARGV[1])
    redis.call('PEXPIREAT', KEYS[1], ARGV[2])
    return 1`,
  take: `
    local fields = redis.call('HGETALL', KEYS[1])
    redis.call('DEL', KEYS[1])
    return fields`,
  addOnce: `
    local payload = redis.call('HGET', KEYS[1], 'payload')
    if not payload or cjson.decode(payload)[ARGV[1]] ~= nil then return false end
    if redis.call('HSETNX', KEYS[1], '+' .. ARGV[1], ARGV[2]) == 0 then return false end
    return redis.call('HGETALL', KEYS[1])`,
  // A set lives as long as the longest-lived of its members.
  index: `
    redis.call('SADD', KEYS[1], ARGV[1])
    if redis.call('PEXPIRETIME', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIREAT', KEYS[1], ARGV[2]) end
    return 1`,
};

const json = z.string().transform((text, ctx): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    ctx.addIssue("not JSON");
    return z.NEVER;
  }
});
const payloadJson = json.pipe(z.record(z.string(), z.unknown()));
const consumeReply = z.tuple([payloadJson, z.string().nullable()]).nullable();
const fieldsReply = z.array(z.string()).nullable();

/** State in Redis 7 or newer, where it expires by itself. */
export function createRedisStore(redis: Redis | Cluster, sql: Sql, now: () => Date): ArtifactStore {
  const run = (script: keyof typeof SCRIPTS, key: string, ...args: (string | number)[]) =>
    redis.eval(SCRIPTS[script], 1, key, ...args);

  async function putOne(artifact: Artifact): Promise<void> {
    const key = keyOf(artifact);
    const expiresAt = artifact.expiresAt.getTime();
    const results = await redis
      .multi()
      .del(key)
      .hset(key, "payload", JSON.stringify(artifact.payload))
      .pexpireat(key, expiresAt)
      .exec();
    const failed = results?.find(([error]) => error !== null)?.[0];
    if (results === null || failed) {
      throw failed ?? new Error("Redis discarded a transaction");
    }
    await indexByGrant(artifact);
  }

  async function addOne(artifact: Artifact): Promise<void> {
    const expiresAt = artifact.expiresAt.getTime();
    await run("add", keyOf(artifact), JSON.stringify(artifact.payload), expiresAt);
    await indexByGrant(artifact);
  }

  async function indexByGrant(artifact: Artifact): Promise<void> {
    if (artifact.grantId !== null) {
      await run("index", grantKey(artifact.grantId), keyOf(artifact), artifact.expiresAt.getTime());
    }
  }

  return {
    async write({ put = [], add = [], remove = [], use }) {
      // First: no application may hold tokens and not be told of their end.
      if (use !== undefined) {
        await noteUse(sql, use);
      }
      const removed = remove.map((artifact) => redis.del(keyOf(artifact)));
      await Promise.all([...put.map(putOne), ...add.map(addOne), ...removed]);
    },
    async find(artifact) {
      const fields = new Map(Object.entries(await redis.hgetall(keyOf(artifact))));
      const payload = payloadOf(fields);
      return payload === null ? null : { payload, consumedAt: timeOf(fields.get("consumed")) };
    },
    take: async (artifact) => payloadOf(pairs(await run("take", keyOf(artifact)))),
    async consume(artifact) {
      const reply = consumeReply.parse(await run("consume", keyOf(artifact), now().getTime()));
      return reply === null ? null : { payload: reply[0], consumedAt: timeOf(reply[1]) };
    },
    addOnce: async (artifact, name, value) =>
      payloadOf(pairs(await run("addOnce", keyOf(artifact), name, JSON.stringify(value)))),
    async removeGrant(grantId) {
      const members = await redis.smembers(grantKey(grantId));
      await Promise.all([...members, grantKey(grantId)].map((key) => redis.del(key)));
    },
    close: async () => {
      // A goodbye takes a server that answers; without one there is nothing to wait for.
      await redis.quit().catch(() => redis.disconnect());
    },
  };
}

/** Before there was a window for it, what is stored was "1": long ago. */
function timeOf(milliseconds: string | null | undefined): Date | null {
  return milliseconds == null ? null : new Date(Number(milliseconds));
}

function keyOf(artifact: ArtifactKey): string {
  return `sallyport:op:${artifact.kind}:${digestOf(artifact).toString("base64url")}`;
}

function grantKey(grantId: string): string {
  return `sallyport:op:grant:${digestToken(grantId).toString("base64url")}`;
}

/** Redis' flat list of names and values. */
function pairs(reply: unknown): Map<string, string> {
  const list = fieldsReply.parse(reply) ?? [];
  const fields = new Map<string, string>();
  for (let at = 0; at + 1 < list.length; at += 2) {
    fields.set(list[at] ?? "", list[at + 1] ?? "");
  }
  return fields;
}

function payloadOf(fields: ReadonlyMap<string, string>): Payload | null {
  const stored = fields.get("payload");
  if (stored === undefined) {
    return null;
  }
  const added = [...fields].flatMap(([name, value]) =>
    name.startsWith("+") ? [[name.slice(1), json.parse(value)] as const] : [],
  );
  return { ...payloadJson.parse(stored), ...Object.fromEntries(added) };
}
