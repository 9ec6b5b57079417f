import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that a receiver got. */
export interface Received {
  readonly at: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body, parsed. */
  readonly message: {
    readonly type: string;
    readonly timestamp: string;
    readonly data: {
      readonly id: string;
      readonly type: string;
      readonly organizationId: string | null;
      readonly sequence: number;
      readonly resource: { readonly type: string; readonly id: string };
    };
  };
}

/** A status, or no answer. */
export type Answer = number | "hang";

export interface Receiver {
  readonly url: string;
  readonly received: readonly Received[];
  /** How requests are answered from now on, at first with 204. A function that returns nothing answers by itself. */
  answer: Answer | ((received: Received, res: ServerResponse) => Answer | undefined);
  close(): Promise<void>;
}

/** A receiver of webhooks over real HTTP, on loopback. */
export async function startReceiver(port = 0): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((req, res) => {
    void bodyOf(req).then((body) => {
      const one = {
        at: Date.now(),
        path: req.url ?? "",
        headers: Object.fromEntries(
          Object.entries(req.headers).map(([name, value]) => [name, String(value)]),
        ),
        body,
        message: JSON.parse(body) as Received["message"],
      };
      received.push(one);
      respond(receiver, one, res);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answer: 204,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}

function respond({ answer }: Receiver, received: Received, res: ServerResponse): void {
  const given = typeof answer === "function" ? answer(received, res) : answer;
  if (typeof given === "number") {
    res.writeHead(given).end();
  }
}

async function bodyOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req as AsyncIterable<Buffer>) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
