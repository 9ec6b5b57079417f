import { expect, it } from "vitest";
import { parseRedisUrl } from "./redis-url.ts";

it.each([
  ["redis://cache", { kind: "single", tls: false, host: "cache", port: 6379, db: 0 }],
  [
    "rediss://app:p%40ss@cache:6380/3",
    { kind: "single", tls: true, username: "app", password: "p@ss", host: "cache", port: 6380, db: 3 },
  ],
  [
    "redis://:secret@[::1]:6379",
    { kind: "single", tls: false, password: "secret", host: "::1", port: 6379, db: 0 },
  ],
  [
    "redis+sentinel://s1,s2:26380/primary/1",
    {
      kind: "sentinel",
      tls: false,
      sentinels: [
        { host: "s1", port: 26379 },
        { host: "s2", port: 26380 },
      ],
      master: "primary",
      db: 1,
    },
  ],
  [
    "rediss+cluster://:secret@n1:7000,n2:7001",
    {
      kind: "cluster",
      tls: true,
      password: "secret",
      nodes: [
        { host: "n1", port: 7000 },
        { host: "n2", port: 7001 },
      ],
    },
  ],
])("reads %s", (url, address) => {
  expect(parseRedisUrl(url)).toEqual(address);
});

it.each([
  "http://cache",
  "redis://",
  "redis://a:1,b:2",
  "redis://cache/first",
  "redis://cache:port",
  "redis+sentinel://s1",
  "redis+cluster://n1:1/2",
])("refuses %s by the variable's name, without the URL", (url) => {
  expect(() => parseRedisUrl(url)).toThrow(/^REDIS_URL: /);
  expect(() => parseRedisUrl(`${url}?password=hunter2`)).not.toThrow(/hunter2/);
});
