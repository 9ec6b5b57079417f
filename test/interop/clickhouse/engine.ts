import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { freePorts, temporaryFolder } from "../../harness/process.ts";

const USER = "sallyport";
const PASSWORD = "p@ss:word";
const SCRIPT = new URL("server.py", import.meta.url).pathname;

/** The real engine behind a port of its own, which may be killed and started again. */
export interface Engine {
  /** What CLICKHOUSE_URL names it by. */
  readonly url: string;
  readonly version: string;
  readonly pid: number;
  /** The answer to a statement, as lines of columns. */
  ask(statement: string): Promise<string[][]>;
  start(): Promise<void>;
  /** With SIGKILL. */
  kill(): Promise<void>;
  /** What is called with each statement that was carried out, before the caller hears of it. */
  onDone: (statement: string) => Promise<void>;
  stop(): Promise<void>;
}

export async function startEngine(): Promise<Engine> {
  const folder = await temporaryFolder();
  const port = await freePorts();
  let child: ChildProcess | undefined;
  let told: readonly string[] = [];
  const target = `http://127.0.0.1:${port}`;
  const authorization = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString("base64")}`;

  async function start(): Promise<void> {
    child = spawn("python3", [SCRIPT, String(port), `${folder.path}/data`, USER, PASSWORD], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const { stdout } = child;
    if (stdout === null) {
      throw new Error("The server has no output");
    }
    const [line] = (await once(createInterface(stdout), "line")) as [string];
    told = line.split(" ");
  }
  async function kill(): Promise<void> {
    if (child?.exitCode === null && child.signalCode === null) {
      const ended = once(child, "close");
      child.kill("SIGKILL");
      await ended;
    }
  }

  // Between the gateway and the engine, so that a test can act when something is done and nobody knows of it yet.
  const between = createServer((req, res) => {
    void (async () => {
      try {
        const body = await bytesOf(req);
        const query = new URL(req.url ?? "/", target).searchParams.get("query");
        const headers = { authorization: req.headers.authorization ?? "" };
        const answer = await fetch(`${target}${req.url}`, { method: "POST", headers, body });
        const text = await answer.text();
        await engine.onDone(query ?? body.toString("utf8"));
        res.writeHead(answer.status).end(text);
      } catch {
        res.destroy();
      }
    })();
  });
  between.listen(0, "127.0.0.1");
  await once(between, "listening");
  await start();

  const engine: Engine = {
    url: `http://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${(between.address() as AddressInfo).port}/audit`,
    get version() {
      return told[0] ?? "";
    },
    get pid() {
      return Number(told[1]);
    },
    ask: async (statement) => {
      const answer = await fetch(`${target}/?database=audit`, {
        method: "POST",
        headers: { authorization },
        body: statement,
      });
      const text = await answer.text();
      if (answer.status !== 200) {
        throw new Error(text);
      }
      return text === ""
        ? []
        : text
            .trimEnd()
            .split("\n")
            .map((line) => line.split("\t"));
    },
    start,
    kill,
    onDone: () => Promise.resolve(),
    stop: async () => {
      between.closeAllConnections();
      between.close();
      await kill();
      await folder.remove();
    },
  };
  return engine;
}

async function bytesOf(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of req as AsyncIterable<Buffer>) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
