import { createServer, type Server } from "node:net";

/** A place inside the operator's network that nobody may reach through the gateway: it counts who connects. */
export interface Inside {
  readonly port: number;
  /** Connections so far, by whatever protocol. */
  readonly visits: number;
  close(): Promise<void>;
}

/** Listens on two addresses of loopback, at one port: neither is allowed. */
export async function startInside(): Promise<Inside> {
  let visits = 0;
  const listen = (host: string, port: number) =>
    new Promise<Server>((resolve, reject) => {
      const server = createServer((socket) => {
        visits += 1;
        socket.destroy();
      });
      server.once("error", reject);
      server.listen({ host, port, ipv6Only: host === "::1" }, () => resolve(server));
    });
  const four = await listen("127.0.0.2", 0);
  const { port } = four.address() as { port: number };
  const six = await listen("::1", port);
  return {
    port,
    get visits() {
      return visits;
    },
    close: async () => {
      await Promise.all([four, six].map((server) => new Promise((done) => server.close(done))));
    },
  };
}

/** How names resolve: the n-th time that one is asked for. */
export const NAMES: Readonly<Record<string, (asked: number) => readonly string[]>> = {
  localhost: () => ["127.0.0.1"],
  "inside.example.test": () => ["127.0.0.2"],
  "six.example.test": () => ["::1"],
  "mapped.example.test": () => ["::ffff:127.0.0.2"],
  "mixed.example.test": () => ["127.0.0.1", "127.0.0.2"],
  "rebound.example.test": (asked) => (asked === 1 ? ["127.0.0.1"] : ["127.0.0.2"]),
};

/** Ways to write where `inside` is, so that a check of the text passes it, or one of another look-up. */
export const waysInside = (port: number): readonly string[] =>
  [
    ...["127.0.0.2", "127.2", "2130706434", "0x7f000002", "0x7f.0.0.2", "0177.0.0.2", "017700000002"],
    ...["127.0.0.2.", "%31%32%37.0.0.2", "１２７.０.０.２", "127。0。0。2", "①②⑦.0.0.2"],
    ...["[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.2]", "[::ffff:7f00:2]", "[::7f00:2]"],
    ...["[64:ff9b::7f00:2]", "[2002:7f00:2::]", "public.example@127.0.0.2", "public.example:443@127.0.0.2"],
    ...Object.keys(NAMES).filter((name) => name !== "localhost"),
    ...["INSIDE.example.test", "inside.example.test.", "ⓘⓝⓢⓘⓓⓔ.example.test"],
  ].flatMap((host) => [
    `https://${host}:${port}/`,
    ...(host.startsWith("127.0") ? [`http://${host}:${port}/`] : []),
  ]);
