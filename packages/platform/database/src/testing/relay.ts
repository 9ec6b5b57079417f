import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** What listens on this machine before a server on it, for proxies that change or stop what passes. */
export interface Relay {
  readonly port: number;
  /** Both ends of each connection that is open. */
  readonly sockets: ReadonlySet<Socket>;
  close(): Promise<void>;
}

/** Listens on a free port. `pass` passes on what comes over a new connection; where one end closes, so does the other. */
export async function startRelay(
  targetPort: number,
  pass: (client: Socket, upstream: Socket) => void,
): Promise<Relay> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(targetPort, "127.0.0.1");
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on("error", () => undefined); // "close" follows
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
    pass(client, upstream);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") {
    throw new Error("a TCP server has no port");
  }
  return {
    port: address.port,
    sockets,
    close: async () => {
      for (const socket of sockets) {
        socket.destroy();
      }
      server.close();
      await once(server, "close");
    },
  };
}
