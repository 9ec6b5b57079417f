import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** An HTTP server that is bound before its routes exist, since the routes need its URL. */
export interface Listener {
  readonly url: string;
  serve(listener: RequestListener): void;
  close(): Promise<void>;
}

/** Binds a loopback port (0: any free one). Throws the server's own error, such as EADDRINUSE. */
export async function listen(port: number): Promise<Listener> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${bound}`,
    serve: (listener) => {
      server.on("request", listener);
    },
    close: () => close(server),
  };
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections(); // the demo app holds event streams open
  await closed;
}
