export { redisIsInstalled, startTestRedis, type TestRedis } from "./redis-server.ts";
