import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createCoalescer } from "./coalesce.ts";
import { createGate } from "./testing/gate.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("sends the first request at once and the burst behind it as one", async () => {
  const sent: string[] = [];
  const coalescer = createCoalescer({
    windowMs: 50,
    send: async (key) => void sent.push(key),
    onError: fail,
  });
  for (let i = 0; i < 100; i++) {
    coalescer.request("a");
  }
  expect(sent).toEqual(["a"]);
  await vi.advanceTimersByTimeAsync(49);
  expect(sent).toEqual(["a"]);
  await vi.advanceTimersByTimeAsync(1);
  expect(sent).toEqual(["a", "a"]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sent).toEqual(["a", "a"]);
});

it("keeps keys apart", () => {
  const sent: string[] = [];
  const coalescer = createCoalescer({
    windowMs: 50,
    send: async (key) => void sent.push(key),
    onError: fail,
  });
  coalescer.request("a");
  coalescer.request("b");
  expect(sent).toEqual(["a", "b"]);
});

it("starts a send after each request, also one made while a send is under way", async () => {
  const gate = createGate();
  let starts = 0;
  const coalescer = createCoalescer({
    windowMs: 50,
    send: async () => {
      starts++;
      await gate.passed;
    },
    onError: fail,
  });
  coalescer.request("a");
  await vi.advanceTimersByTimeAsync(500);
  coalescer.request("a");
  gate.open();
  await vi.advanceTimersByTimeAsync(50);
  expect(starts).toBe(2);
});

it("reports a failure and goes on", async () => {
  const errors: unknown[] = [];
  let starts = 0;
  const coalescer = createCoalescer({
    windowMs: 50,
    send: async () => {
      if (++starts === 1) {
        throw new Error("down");
      }
    },
    onError: (error) => {
      errors.push(error);
      return false;
    },
  });
  coalescer.request("a");
  await vi.advanceTimersByTimeAsync(100);
  coalescer.request("a");
  await vi.advanceTimersByTimeAsync(100);
  expect([starts, errors.length]).toEqual([2, 1]);
});

it("sends again, once for all that asked, what is worth it, and gives up at a flush", async () => {
  let starts = 0;
  let away = true;
  const coalescer = createCoalescer({
    windowMs: 50,
    retryMs: 500,
    send: async () => {
      starts += 1;
      if (away) {
        throw new Error("away");
      }
    },
    onError: () => true,
  });
  for (let n = 0; n < 100; n += 1) {
    coalescer.request("a");
  }
  await vi.advanceTimersByTimeAsync(1_600);
  expect(starts).toBe(4);
  away = false;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(starts).toBe(5);
  away = true;
  coalescer.request("a");
  await vi.advanceTimersByTimeAsync(10);
  await coalescer.flush();
  expect(starts).toBe(7);
});

it("flushes without waiting for the window", async () => {
  const sent: string[] = [];
  const coalescer = createCoalescer({
    windowMs: 3_600_000,
    send: async (key) => void sent.push(key),
    onError: fail,
  });
  coalescer.request("a");
  coalescer.request("a");
  await coalescer.flush();
  expect(sent).toEqual(["a", "a"]);
});

function fail(error: unknown): never {
  throw error;
}
