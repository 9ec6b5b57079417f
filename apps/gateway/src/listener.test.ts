import { Agent, get, request } from "node:http";
import { createConnection } from "node:net";
import { text } from "node:stream/consumers";
import { defined } from "@sallyport/defined";
import { afterEach, describe, expect, it } from "vitest";
import { ListenError, type Listener, listen } from "./listener.ts";

const open: Listener[] = [];
async function start(port = 0): Promise<Listener> {
  const listener = await listen({ host: "127.0.0.1", port });
  open.push(listener);
  return listener;
}
afterEach(async () => {
  for (const listener of open.splice(0)) {
    await listener.close(0);
  }
});

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
}

function ask(port: number, path: string, agent?: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port, path, ...defined({ agent }) }, (res) => {
      text(res).then((body) => resolve({ status: res.statusCode, body }), reject);
    }).on("error", reject);
  });
}

describe("listen", () => {
  it("asks to come back until it is told what to serve", async () => {
    const { port, serve } = await start();
    expect(await ask(port, "/readyz")).toEqual({ status: 503, body: '{"status":"starting"}' });
    expect((await ask(port, "/healthz")).status).toBe(200);
    serve((_req, res) => void res.end("served"));
    expect(await ask(port, "/")).toEqual({ status: 200, body: "served" });
  });

  it("says which port is taken, and what to do", async () => {
    const { port } = await start();
    const second = listen({ host: "127.0.0.1", port });
    await expect(second).rejects.toThrow(ListenError);
    await expect(second).rejects.toThrow(`Port ${port} is taken by another program`);
    await expect(second).rejects.toThrow(/PORT=\d+ npm start/);
  });

  it("refuses a request line that is longer than 16 KiB", async () => {
    const { port, serve } = await start();
    serve((_req, res) => void res.end());
    expect((await ask(port, `/?${"a".repeat(17_000)}`)).status).toBe(431);
  });
});

describe("close", () => {
  it("lets a request under way finish, takes no new one, and closes idle connections", async () => {
    const listener = await start();
    let finish: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      listener.serve((req, res) => {
        if (req.url === "/quick") {
          return void res.end("quick");
        }
        finish = () => res.end("finished");
        resolve();
      });
    });
    const agent = new Agent({ keepAlive: true });
    await ask(listener.port, "/quick", agent); // leaves an idle connection behind
    const slow = ask(listener.port, "/slow", new Agent({ keepAlive: true }));
    await begun;

    const closed = listener.close(5_000);
    await expect(ask(listener.port, "/quick")).rejects.toThrow("ECONNREFUSED");
    finish();
    expect(await slow).toEqual({ status: 200, body: "finished" });
    expect(await closed).toBe(true);
  });

  it("cuts off what takes too long, and says so", async () => {
    const listener = await start();
    listener.serve(() => undefined); // never answers
    const socket = createConnection(listener.port, "127.0.0.1");
    socket.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
    const ended = new Promise((resolve) => socket.once("close", resolve));
    socket.on("error", () => undefined); // a reset is as good
    await new Promise((resolve) => setTimeout(resolve, 50));

    expect(await listener.close(100)).toBe(false);
    await ended;
  });

  it("waits for a body that is still being sent", async () => {
    const listener = await start();
    listener.serve((req, res) => {
      text(req).then((body) => res.end(body));
    });
    const req = request({ host: "127.0.0.1", port: listener.port, method: "POST" });
    const answer = new Promise<string>((resolve, reject) => {
      req.on("response", (res) => resolve(text(res))).on("error", reject);
    });
    req.write("first ");
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closed = listener.close(5_000);
    req.end("second");
    expect(await answer).toBe("first second");
    expect(await closed).toBe(true);
  });
});
