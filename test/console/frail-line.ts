import { connect, createServer, type Socket } from "node:net";

/** A line to the gateway that breaks, or falls silent, in the middle of a long answer. */
export interface FrailLine {
  /** Once so many bytes have come over one connection, which is past what pages need. */
  after(bytes: number, what: "cut" | "silent"): void;
  /** It holds again. */
  mend(): void;
  close(): Promise<void>;
}

export async function startFrailLine(port: number, gatewayPort: number): Promise<FrailLine> {
  let limit: { readonly bytes: number; readonly what: "cut" | "silent" } | undefined;
  let isCut = false;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    const upstream = connect(gatewayPort, "localhost");
    let bytes = 0;
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        open.delete(socket);
        other.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on("data", (chunk) => {
      bytes += chunk.length;
      if (limit === undefined || bytes < limit.bytes) {
        if (!client.write(chunk)) {
          upstream.pause();
        }
      } else if (limit.what === "cut") {
        isCut = true;
        for (const socket of open) {
          socket.destroy();
        }
      }
    });
    client.on("drain", () => upstream.resume());
  });
  await new Promise<void>((resolve) => server.listen(port, "localhost", resolve));
  return {
    after(bytes, what) {
      limit = { bytes, what };
    },
    mend() {
      limit = undefined;
      isCut = false;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) {
          socket.destroy();
        }
        server.close(() => resolve());
      }),
  };
}
