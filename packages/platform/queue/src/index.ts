export type { Job, JobDeclaration, KeyedJob } from "./declaration.ts";
export type { FailedJob } from "./failures.ts";
export { openQueues, type QueueCounts, type Queues, type QueuesOptions } from "./queues.ts";
export { connectRedis, type RedisConnectionOptions } from "./redis.ts";
export { parseRedisUrl, type RedisAddress } from "./redis-url.ts";
export type { Workers, WorkOptions } from "./workers.ts";
