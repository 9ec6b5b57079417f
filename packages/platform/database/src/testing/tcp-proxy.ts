import { startRelay } from "./relay.ts";

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
  let stalled = false;
  let losing = false;
  const { port, sockets, close } = await startRelay(targetPort, (client, upstream) => {
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
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
    }
  });
  return {
    port,
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
    close,
  };
}
