import { startTcpProxy } from "@sallyport/database/testing";
import { outageOf } from "@sallyport/outage";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectRedis } from "./index.ts";
import { redisIsInstalled, startTestRedis, type TestRedis } from "./testing/index.ts";

describe.runIf(redisIsInstalled())("who asks a Redis", () => {
  let redis: TestRedis;
  let client: ReturnType<typeof connectRedis>;
  let port: number;

  beforeEach(async () => {
    redis = await startTestRedis();
    port = Number(new URL(redis.url).port);
    client = connect(redis.url);
  });
  afterEach(async () => {
    client.disconnect();
    await redis.stop();
  });

  const connect = (url: string) => {
    const made = connectRedis(url);
    made.on("error", () => undefined);
    return made;
  };
  const write = async () =>
    client.set("key", "value").then(
      () => "done",
      (error: unknown) => outageOf(error) ?? error,
    );
  const worksAgain = () => expect.poll(write, { timeout: 15_000 }).toBe("done");

  it("that is stopped is told so, and has it again when it is back", async () => {
    expect(await write()).toBe("done");
    await redis.stop();
    expect(await write()).toMatchObject({ server: "Redis" });
    redis = await startTestRedis({ port });
    await worksAgain();
  });

  it("that became a replica is told so, and has the primary again", async () => {
    await client.call("REPLICAOF", "127.0.0.1", "1");
    expect(await write()).toEqual({ server: "Redis", kind: "read_only" });
    await expect
      .poll(() => client.call("REPLICAOF", "NO", "ONE").catch(() => "away"), { timeout: 15_000 })
      .toBe("OK");
    await worksAgain();
  });

  it("that is full is told so", async () => {
    await client.call("CONFIG", "SET", "maxmemory", "1");
    expect(await write()).toEqual({ server: "Redis", kind: "out_of_resources" });
    await client.call("CONFIG", "SET", "maxmemory", "0");
    await worksAgain();
  });

  it("that is silent is told so, and is served when it speaks again", async () => {
    const proxy = await startTcpProxy(port);
    client.disconnect();
    client = connect(`redis://127.0.0.1:${proxy.port}/0`);
    expect(await write()).toBe("done");
    proxy.stall();
    expect(await write()).toEqual({ server: "Redis", kind: "no_answer" });
    proxy.resume();
    await worksAgain();
    client.disconnect();
    await proxy.close();
  });
});
