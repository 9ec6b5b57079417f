import type { AddressInfo } from "node:net";
import { connect, type Socket } from "node:net";
import express from "express";
import { afterEach, beforeEach, expect, it } from "vitest";
import { EventStream, type ServerSentEvent, serveEvents } from "./event-stream.ts";

let port: number;
let close: () => void;
/** Of the streams that were begun: how each is fed, and whether it was stopped. */
let begun: { send(events: readonly ServerSentEvent[]): void; stopped: boolean }[];
let stopping: AbortController;
let ended: number;

beforeEach(async () => {
  begun = [];
  ended = 0;
  stopping = new AbortController();
  const app = express().get("/stream", async (req, res) => {
    const stream = new EventStream((send) => {
      const one = { send, stopped: false };
      begun.push(one);
      return () => {
        one.stopped = true;
      };
    });
    await serveEvents(req, res, stream, stopping.signal);
    ended += 1;
  });
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  ({ port } = server.address() as AddressInfo);
  close = () => {
    server.closeAllConnections();
    server.close();
  };
});
afterEach(() => close());

/** Asks for the stream, and reads no byte of it. */
function askAndRead(nothing: boolean): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
  if (nothing) {
    socket.pause();
  } else {
    socket.resume();
  }
  return socket;
}

const event = (n: number): ServerSentEvent => ({ id: String(n), data: "x".repeat(64 * 1024) });

it("is ended for a client that reads none of it, once a megabyte waits, and takes no more", async () => {
  const socket = askAndRead(true);
  await expect.poll(() => begun.length).toBe(1);
  const [stream] = begun;
  const before = process.memoryUsage().rss;
  let sent = 0;
  // The kernel's buffers take some megabytes before anything waits here.
  for (; stream?.stopped === false && sent < 2_000; sent++) {
    stream.send([event(sent)]);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(stream?.stopped).toBe(true);
  expect(sent).toBeLessThan(400); // 25 MB, whatever the kernel takes
  await expect.poll(() => ended).toBe(1);
  for (let n = 0; n < 2_000; n++) {
    stream?.send([event(n)]); // 128 MB for nobody
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
  socket.destroy();
});

it("goes on for a client that reads, however much that is", async () => {
  const socket = askAndRead(false);
  await expect.poll(() => begun.length).toBe(1);
  const [stream] = begun;
  for (let n = 0; n < 500; n++) {
    stream?.send([event(n)]);
    await new Promise((resolve) => setImmediate(resolve));
    await expect.poll(() => socket.bytesRead).toBeGreaterThan(n * 64 * 1024);
  }
  expect(stream?.stopped).toBe(false);
  socket.destroy();
  await expect.poll(() => stream?.stopped).toBe(true);
});

it("is stopped once for a client that goes at once, and when the process stops", async () => {
  askAndRead(false).destroy();
  const staying = askAndRead(false);
  await expect.poll(() => begun.length).toBeGreaterThan(0);
  stopping.abort();
  await expect.poll(() => begun.every(({ stopped }) => stopped)).toBe(true);
  staying.destroy();
});
