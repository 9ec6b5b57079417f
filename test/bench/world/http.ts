import { Agent, request } from "undici";

export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Undefined where the answer is no redirect. */
  readonly location: string | undefined;
  /** Lines of Set-Cookie. */
  readonly cookies: readonly string[];
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

export function createHttp(): Http {
  const dispatcher = new Agent();
  return {
    send: async (url, call) => {
      const { statusCode, headers, body } = await request(url, { ...call, dispatcher });
      return {
        status: statusCode,
        body: await body.text(),
        location: all(headers.location)[0],
        cookies: all(headers["set-cookie"]),
      };
    },
    close: () => dispatcher.close(),
  };
}

const all = (header: string | string[] | undefined) => (header === undefined ? [] : [header].flat());

/** The body, where the answer has the expected status; else throws what was answered. */
export function expectStatus(answer: Answer, status: number, what: string): string {
  if (answer.status === status) return answer.body;
  throw new Error(`${what} answered ${answer.status} instead of ${status}: ${answer.body.slice(0, 300)}`);
}
