import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInThisContext } from "node:vm";
import express, { type Express } from "express";
import { expect, it } from "vitest";
import { listen } from "./listener.ts";
import { adoptMessageTypes } from "./message-types.ts";

setFlagsFromString("--allow-natives-syntax");
const haveSameHiddenClass: (one: object, other: object) => boolean = runInThisContext(
  "(one, other) => %HaveSameMap(one, other)",
);

/** An application that holds each request until two are there, and what it then saw of them. */
function pairs() {
  const held: [IncomingMessage, ServerResponse][] = [];
  const same: boolean[] = [];
  const app = express();
  app.use("/api", (_req, _res, next) => next());
  app.get("/api/:id", (req, res) => {
    held.push([req, res]);
    if (held.length < 2) {
      return;
    }
    const [one, other] = held.splice(0);
    if (one === undefined || other === undefined) {
      throw new Error("not two");
    }
    same.push(haveSameHiddenClass(one[0], other[0]) && haveSameHiddenClass(one[1], other[1]));
    for (const [, response] of [one, other]) {
      response.end(req.ip);
    }
  });
  return { app, same };
}

async function askInPairs(port: number) {
  for (let pair = 0; pair < 20; pair += 1) {
    const answers = await Promise.all([1, 2].map((id) => fetch(`http://127.0.0.1:${port}/api/${id}`)));
    for (const answer of answers) {
      expect(await answer.text()).toContain("127.0.0.1");
    }
  }
}

it("makes requests that share a hidden class behind Express too", async () => {
  const { app, same } = pairs();
  const listener = await listen({ host: "127.0.0.1", port: 0 });
  adoptMessageTypes(app, listener.messageTypes);
  listener.serve(app);
  await askInPairs(listener.port);
  await listener.close(0);
  expect(same).toEqual(Array(20).fill(true));
});

// V8 has mended it in Node 24: message-types.ts can go with Node 22, or when this fails there, since Express has.
const mended = Number(process.versions.node.split(".")[0]) >= 24;

it(mended ? "would without, too" : "would not without", async () => {
  const { app, same } = pairs();
  const server = await serve(app);
  await askInPairs((server.address() as AddressInfo).port);
  server.close();
  expect(same).toEqual(Array(20).fill(mended));
});

function serve(app: Express) {
  const server = createServer(app);
  return new Promise<typeof server>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}
