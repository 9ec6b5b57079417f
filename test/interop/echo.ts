import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** An application behind a proxy, which answers with what it was sent, as JSON. */
export interface Echo {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startEcho(): Promise<Echo> {
  const server = createServer((req, res) => {
    res.setHeader("content-type", "application/json");
    res.end(JSON.stringify({ uri: req.url, ...req.headers }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
