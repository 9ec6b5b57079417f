import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that a collector got. */
export interface Collected {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A status and a body, or no answer. */
export type CollectorAnswer = readonly [status: number, body?: string] | "hang";

export interface Collector {
  readonly url: string;
  /** Those that it took. */
  readonly taken: readonly Collected[];
  readonly requests: { count: number };
  /** Answers in place of the collector's own judgement. */
  answer: CollectorAnswer | null;
  close(): Promise<void>;
}

/** A collector of logs over real HTTP, on loopback. `judge` refuses what a real one would. */
export async function startCollector(judge: (one: Collected) => CollectorAnswer): Promise<Collector> {
  const taken: Collected[] = [];
  const requests = { count: 0 };
  const server = createServer((req, res) => {
    void bodyOf(req).then((body) => {
      requests.count += 1;
      const headers = Object.fromEntries(
        Object.entries(req.headers).map(([name, value]) => [name, String(value)]),
      );
      const one = { path: req.url ?? "", headers, body };
      const answer = collector.answer ?? judge(one);
      respond(res, answer);
      if (answer !== "hang" && answer[0] < 300) {
        taken.push(one);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const collector: Collector = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
    requests,
    answer: null,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return collector;
}

function respond(res: ServerResponse, answer: CollectorAnswer): void {
  if (answer !== "hang") {
    const [status, body = ""] = answer;
    res.writeHead(status, { "content-type": "application/json" }).end(body);
  }
}

async function bodyOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req as AsyncIterable<Buffer>) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/**
 * As Splunk's HTTP Event Collector judges: the token, the channel that tokens with indexer acknowledgement ask for, and
 * each object (Splunk, "Troubleshoot HTTP Event Collector": possible error codes).
 */
export function asSplunk(token: string): (one: Collected) => CollectorAnswer {
  return ({ path, headers, body }) => {
    if (path !== "/services/collector/event") {
      return [404, '{"text":"The requested URL was not found on this server.","code":404}'];
    }
    if (headers.authorization !== `Splunk ${token}`) {
      return [403, '{"text":"Invalid token","code":4}'];
    }
    if (!/^[0-9a-f-]{36}$/i.test(headers["x-splunk-request-channel"] ?? "")) {
      return [400, '{"text":"Data channel is missing","code":10}'];
    }
    const wrong = body.split("\n").findIndex((line) => {
      const { event, time } = JSON.parse(line) as { event?: unknown; time?: unknown };
      return event === undefined || typeof time !== "number";
    });
    return wrong >= 0
      ? [400, `{"text":"Invalid data format","code":6,"invalid-event-number":${wrong}}`]
      : [200, '{"text":"Success","code":0}'];
  };
}

/** As Datadog's log intake judges (API reference, "Send logs"): the key, an array, at most 1,000 logs and 5 MB. */
export function asDatadog(apiKey: string): (one: Collected) => CollectorAnswer {
  return ({ path, headers, body }) => {
    if (path !== "/api/v2/logs" || headers["content-type"] !== "application/json") {
      return [400, '{"errors":[{"status":"400","title":"Bad Request"}]}'];
    }
    if (headers["dd-api-key"] !== apiKey) {
      return [403, '{"errors":[{"status":"403","title":"Forbidden","detail":"API key is invalid"}]}'];
    }
    const logs = JSON.parse(body) as unknown;
    const fits = Array.isArray(logs) && logs.length <= 1_000 && body.length <= 5_000_000;
    return fits ? [202, "{}"] : [413, '{"errors":[{"status":"413","title":"Payload Too Large"}]}'];
  };
}
