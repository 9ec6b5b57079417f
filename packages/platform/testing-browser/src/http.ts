import { connect } from "node:net";
import { Agent, request } from "undici";

export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Undefined where the answer is no redirect. */
  readonly location: string | undefined;
  /** Lines of Set-Cookie. */
  readonly cookies: readonly string[];
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An HTTP client with connections kept alive; redirects are not followed. */
export interface Http {
  send(url: string, call: Call): Promise<Answer>;
  close(): Promise<void>;
}

/**
 * @param tlsEndsAt for servers that are reached by https as in production, where something in front of them ends TLS:
 *   the ports by host where they listen themselves. It is left out here, as it is not what is measured.
 */
export function createHttp(tlsEndsAt: Readonly<Record<string, number>> = {}): Http {
  const dispatcher = new Agent({
    connect: ({ hostname, port, protocol }, done) => {
      const behind = protocol === "https:" ? tlsEndsAt[hostname] : undefined;
      const socket = connect({ host: "localhost", port: behind ?? Number(port), noDelay: true });
      const refused = (error: Error) => done(error, null);
      socket.once("error", refused).once("connect", () => {
        socket.off("error", refused);
        done(null, socket);
      });
    },
  });
  return {
    send: async (url, call) => {
      const { statusCode, headers, body } = await request(url, { ...call, dispatcher });
      return {
        status: statusCode,
        body: await body.text(),
        location: all(headers.location)[0],
        cookies: all(headers["set-cookie"]),
        headers,
      };
    },
    close: () => dispatcher.close(),
  };
}

const all = (header: string | string[] | undefined) => (header === undefined ? [] : [header].flat());

/** The body, where the answer has the expected status; else throws what was answered. */
export function expectStatus(answer: Pick<Answer, "status" | "body">, status: number, what: string): string {
  if (answer.status === status) {
    return answer.body;
  }
  throw new Error(`${what} answered ${answer.status} instead of ${status}: ${answer.body.slice(0, 300)}`);
}
