import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** The application's page that the gateway sends the browser back to. */
export interface LandingPage {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startLandingPage(): Promise<LandingPage> {
  const server = createServer((_req, res) => res.end("Welcome"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/callback`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
