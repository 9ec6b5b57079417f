import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

/** Serves metadata over real HTTP, as an IdP does; what it serves may change at any time. */
export interface MetadataServer {
  readonly url: string;
  /** How often it was asked so far. */
  readonly requests: number;
  /** What it answers from now on: metadata, or anything at all. */
  serve(answer: string | RequestListener): void;
  close(): Promise<void>;
}

/** @param answer metadata, or a handler; default: an empty document */
export async function startMetadataServer(answer: string | RequestListener = ""): Promise<MetadataServer> {
  let listener = listenerOf(answer);
  let requests = 0;
  const server = createServer((req, res) => {
    requests += 1;
    listener(req, res);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metadata`,
    get requests() {
      return requests;
    },
    serve: (next) => {
      listener = listenerOf(next);
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function listenerOf(answer: string | RequestListener): RequestListener {
  if (typeof answer !== "string") {
    return answer;
  }
  return (_req, res) => res.setHeader("content-type", "application/samlmetadata+xml").end(answer);
}
