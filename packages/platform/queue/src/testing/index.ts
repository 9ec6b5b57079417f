export { type RedisForm, redisIsInstalled, startTestRedis, type TestRedis } from "./redis-server.ts";
