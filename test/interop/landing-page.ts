import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** The application's pages: the one that the gateway sends the browser back to, and where it has a sign-in begun. */
export interface LandingPage {
  readonly url: string;
  /** What /start does with its query (OpenID Connect Core 4): where it sends the browser on to. */
  onStart(start: (query: URLSearchParams) => string): void;
  stop(): Promise<void>;
}

export async function startLandingPage(): Promise<LandingPage> {
  let start = (_query: URLSearchParams): string => {
    throw new Error("Nobody was to come here");
  };
  const server = createServer((req, res) => {
    const { pathname, searchParams } = new URL(req.url ?? "", "http://localhost");
    if (pathname === "/start") {
      res.writeHead(303, { location: start(searchParams) }).end();
    } else {
      res.end("Welcome");
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/callback`,
    onStart: (then) => {
      start = then;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
