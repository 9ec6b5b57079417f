import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A way to a server on this machine that can fail as networks do. */
export interface TcpProxy {
  readonly port: number;
  /** From now on nothing passes, on old and new connections, without any error. */
  stall(): void;
  /** What was stalled passes, and all that comes. */
  resume(): void;
  /** What the server answers is lost, and then the connections; what it is sent arrives. */
  loseAnswers(): void;
  /** Passes answers again, on new connections. */
  keepAnswers(): void;
  /** Passes on new connections, while the old ones stay as they were stalled: their host is gone. */
  abandon(): void;
  /** Resets every connection. */
  reset(): void;
  close(): Promise<void>;
}

/** A proxy to a port of this machine, on a free port of its own. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let stalled = false;
  let losing = false;
  const server = createServer((client) => {
    const upstream = connect(targetPort, "127.0.0.1");
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      if (stalled) {
        from.pause();
      }
      from.on("data", (bytes) => {
        if (losing && from === upstream) {
          return void client.resetAndDestroy();
        }
        if (!to.destroyed) {
          to.write(bytes);
        }
      });
      from.on("error", () => undefined); // "close" follows
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") {
    throw new Error("a TCP server has no port");
  }
  return {
    port: address.port,
    stall: () => {
      stalled = true;
      for (const socket of sockets) {
        socket.pause();
      }
    },
    resume: () => {
      stalled = false;
      for (const socket of sockets) {
        socket.resume();
      }
    },
    abandon: () => {
      stalled = false;
    },
    loseAnswers: () => {
      losing = true;
    },
    keepAnswers: () => {
      losing = false;
    },
    reset: () => {
      for (const socket of sockets) {
        socket.resetAndDestroy();
      }
    },
    close: async () => {
      for (const socket of sockets) {
        socket.destroy();
      }
      server.close();
      await once(server, "close");
    },
  };
}
