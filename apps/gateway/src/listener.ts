import { createServer, type RequestListener, type Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { createMessageTypes, type MessageTypes } from "./message-types.ts";

/** A bound port. Until `serve` is called, every request is told to come back. */
export interface Listener {
  readonly port: number;
  /** Of what it makes requests and responses: for the application to adopt. */
  readonly messageTypes: MessageTypes;
  serve(handler: RequestListener): void;
  /** What the start waits for, by the names of readiness checks: `/readyz` shows it until `serve` is called. */
  waitsFor(checks: Readonly<Record<string, string>>): void;
  /**
   * Accepts no more connections, lets the requests under way finish, and closes each connection as it falls idle.
   * What is still open after `deadlineMs` is cut off. Resolves to whether every request got its answer.
   */
  close(deadlineMs: number): Promise<boolean>;
}

export class ListenError extends Error {
  readonly code: string;

  constructor(port: number, code: string, options?: ErrorOptions) {
    super(LISTEN_FAILURES[code]?.(port) ?? `Port ${port} could not be opened (${code}).`, options);
    this.name = "ListenError";
    this.code = code;
  }
}

const LISTEN_FAILURES: Readonly<Record<string, (port: number) => string>> = {
  EADDRINUSE: (port) =>
    `Port ${port} is taken by another program. Stop that program, or choose another port: PORT=${port + 100} npm start`,
  EACCES: (port) => `This user may not open port ${port}. Choose a port above 1023 in PORT.`,
  EADDRNOTAVAIL: () => "HOST is not an address of this machine. Use 127.0.0.1, or 0.0.0.0 for all addresses.",
  ENOTFOUND: () =>
    "HOST is not a name that this machine can resolve. Use 127.0.0.1, or 0.0.0.0 for all addresses.",
};

const POLL_MS = 25;

/** Binds the port at once, so that a taken one is known before anything else is started. Throws `ListenError`. */
export async function listen(options: { readonly host: string; readonly port: number }): Promise<Listener> {
  let handler: RequestListener = unavailableListener();
  const messageTypes = createMessageTypes();
  const server = createServer(
    {
      ...messageTypes,
      // Request line and headers together. A SAML logout message in a query is the longest legitimate one.
      maxHeaderSize: 16 * 1024,
      headersTimeout: 15_000,
      requestTimeout: 60_000,
      // Above the idle timeout of usual load balancers (60 s), so that it is they who close an idle connection.
      keepAliveTimeout: 65_000,
    },
    (req, res) => handler(req, res),
  );
  await bind(server, options);
  const bound = server.address();
  if (bound === null || typeof bound === "string") {
    throw new Error("a TCP server has no port");
  }

  return {
    port: bound.port,
    messageTypes,
    serve: (next) => {
      handler = next;
    },
    waitsFor: (checks) => {
      handler = unavailableListener(checks);
    },
    close: (deadlineMs) => drain(server, deadlineMs),
  };
}

function bind(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      // A machine without IPv6 has no "::"; then all IPv4 addresses are meant.
      if (error.code === "EAFNOSUPPORT" && host === "::") {
        bind(server, { host: "0.0.0.0", port }).then(resolve, reject);
      } else {
        reject(new ListenError(port, error.code ?? "unknown", { cause: error }));
      }
    });
    server.listen({ host, port }, resolve);
  });
}

async function drain(server: Server, deadlineMs: number): Promise<boolean> {
  let closed = !server.listening;
  server.close(() => {
    closed = true;
  });
  const deadline = performance.now() + deadlineMs;
  while (!closed && performance.now() < deadline) {
    server.closeIdleConnections(); // a keep-alive connection falls idle only once its answer is out
    await sleep(POLL_MS);
  }
  if (!closed) {
    server.closeAllConnections();
  }
  return closed;
}

function unavailableListener(checks?: Readonly<Record<string, string>>): RequestListener {
  return (req, res) => {
    const alive = req.url === "/healthz";
    res.writeHead(alive ? 200 : 503, { "content-type": "application/json", "retry-after": "1" });
    const starting = req.url === "/readyz" ? { status: "starting", checks } : { status: "starting" };
    res.end(JSON.stringify(alive ? { status: "ok" } : starting));
  };
}
