import { once } from "node:events";
import { request } from "node:http";
import { createServer } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  freePorts,
  type GatewayProcess,
  type ProcessOptions,
  postgresBelow,
  spawnGateway,
  temporaryFolder,
} from "../harness/process.ts";

const ROOT_KEY = "root-key-of-the-process-tests-0123456789";

let folder: { path: string; remove(): Promise<void> };
let port: number;
let started: GatewayProcess[];

beforeEach(async () => {
  folder = await temporaryFolder();
  port = await freePorts();
  started = [];
});
afterEach(async () => {
  for (const { child, exited } of started) {
    child.kill("SIGKILL");
    await exited;
  }
  await expect.poll(() => postgresBelow(folder.path), { timeout: 15_000 }).toEqual([]);
  await folder.remove();
});

function spawn(options: Partial<ProcessOptions> & { env?: Record<string, string> } = {}): GatewayProcess {
  const gateway = spawnGateway({
    args: ["dev"],
    ...options,
    env: {
      DATA_DIR: folder.path,
      PORT: String(port),
      SALLYPORT_ROOT_KEY: ROOT_KEY,
      DEMO: "off",
      ...options.env,
    },
  });
  started.push(gateway);
  return gateway;
}

const organization = (slug: string) => JSON.stringify({ slug, name: `The ${slug} company` });

/** A request whose body is still on its way: `finish` sends the rest and gives the answer. */
async function beginCreation(slug: string) {
  const body = organization(slug);
  const req = request({
    host: "127.0.0.1",
    port,
    path: "/api/v1/organizations",
    method: "POST",
    headers: {
      authorization: `Bearer ${ROOT_KEY}`,
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    },
  });
  const response = once(req, "response");
  response.catch(() => undefined); // a test that cuts it off does not ask for it
  req.on("error", () => undefined);
  req.write(body.slice(0, 10));
  await sleep(200); // until the gateway has begun to read it
  return {
    finish: async () => {
      req.end(body.slice(10));
      const [res] = await response;
      return { status: res.statusCode, body: JSON.parse(await text(res)) };
    },
  };
}

/** Of the organizations that a test made. */
async function slugs(): Promise<string[]> {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/organizations`, {
    headers: { authorization: `Bearer ${ROOT_KEY}` },
  });
  const { items } = (await response.json()) as { items: { slug: string }[] };
  return items.map((item) => item.slug).filter((slug) => slug !== "operators");
}

describe("audit verify without DATABASE_URL", () => {
  const verify = async (env: Record<string, string> = {}) => {
    const { exited, stdout, stderr } = spawn({ args: ["audit", "verify"], env });
    const { code } = await exited;
    return { code, stdout: stdout(), stderr: stderr() };
  };

  it("looks into the database of the dev that runs in the folder, with its keys", async () => {
    const gateway = spawn();
    await gateway.ready();
    expect(await verify()).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^gateway: intact; /m),
      stderr: "",
    });
    const refused = await verify({ NODE_ENV: "production" });
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("DATABASE_URL") });
    gateway.child.kill("SIGTERM");
    await gateway.exited;
  });

  it("says what to do where none runs there", async () => {
    expect(await verify()).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/no gateway runs on the embedded database in .*npm start/),
    });
  });
});

describe("a stop", () => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "by %s answers what is under way, stops PostgreSQL and exits 0",
    async (signal) => {
      const gateway = spawn();
      await gateway.ready();
      expect(await postgresBelow(folder.path)).not.toEqual([]);

      const creation = await beginCreation("in-flight");
      gateway.child.kill(signal);
      await expect
        .poll(() => fetch(`http://127.0.0.1:${port}/healthz`).catch(() => "refused"))
        .toBe("refused");
      expect(await creation.finish()).toMatchObject({ status: 201, body: { slug: "in-flight" } });

      expect(await gateway.exited).toEqual({ code: 0, signal: null });
      expect(await postgresBelow(folder.path)).toEqual([]);
      expect(gateway.stderr()).not.toMatch(/ERROR|WARN/);
    },
  );

  it("is forced by a second Ctrl-C, and takes PostgreSQL along", async () => {
    const gateway = spawn();
    await gateway.ready();
    await beginCreation("never-finished");
    gateway.child.kill("SIGINT");
    await sleep(1_000);
    expect(gateway.child.exitCode).toBeNull();
    gateway.child.kill("SIGINT");
    expect(await gateway.exited).toEqual({ code: 130, signal: null });
    await expect.poll(() => postgresBelow(folder.path), { timeout: 10_000 }).toEqual([]);
  });

  it("takes the two signals of one Ctrl-C, the terminal's and npm's, for one", async () => {
    const gateway = spawn();
    await gateway.ready();
    const creation = await beginCreation("in-flight");
    gateway.child.kill("SIGINT");
    await sleep(50);
    gateway.child.kill("SIGINT");
    expect(await creation.finish()).toMatchObject({ status: 201 });
    expect(await gateway.exited).toEqual({ code: 0, signal: null });
  });

  it("follows an error that nobody caught: logged, told, exit code 1, PostgreSQL stopped", async () => {
    const preload = `data:text/javascript,process.on("SIGUSR2", () => Promise.reject(new Error("boom")))`;
    const gateway = spawn({ node: ["--import", preload] });
    await gateway.ready();
    gateway.child.kill("SIGUSR2");
    expect(await gateway.exited).toEqual({ code: 1, signal: null });
    expect(gateway.stderr()).toContain("boom");
    expect(await postgresBelow(folder.path)).toEqual([]);
  });

  it("does not follow the end of PostgreSQL, which is started again", async () => {
    const gateway = spawn();
    await gateway.ready();
    expect(await (await beginCreation("kept")).finish()).toMatchObject({ status: 201 });
    for (const pid of await postgresBelow(folder.path)) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // ended with its postmaster
      }
    }
    await expect.poll(() => gateway.stderr(), { timeout: 15_000 }).toMatch(/PostgreSQL ended by itself/);
    const ready = async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).status;
    await expect.poll(ready, { timeout: 60_000 }).toBe(200);
    expect(await slugs()).toEqual(["kept"]);
    gateway.child.kill("SIGTERM");
    expect(await gateway.exited).toEqual({ code: 0, signal: null });
  });
});

describe("a start", () => {
  it("finds its data and its secrets again, after a stop and after kill -9", async () => {
    const first = spawn();
    await first.ready();
    expect(await (await beginCreation("kept")).finish()).toMatchObject({ status: 201 });
    first.child.kill("SIGKILL");
    await first.exited;

    const second = spawn();
    await second.ready();
    expect(await slugs()).toEqual(["kept"]);
    second.child.kill("SIGTERM");
    expect((await second.exited).code).toBe(0);

    const third = spawn();
    await third.ready();
    expect(await slugs()).toEqual(["kept"]);
  });

  it("shows once where everything is, the root key, and what to try", async () => {
    const gateway = spawn({ env: { SALLYPORT_ROOT_KEY: "", DEMO: "on" } });
    await gateway.ready();
    const banner = gateway.stdout();
    expect(banner.match(/Sallyport is ready/g)).toHaveLength(1);
    for (const line of [
      `http://localhost:${port}\n`,
      `http://localhost:${port + 1}`,
      `http://localhost:${port}/console`,
      `http://localhost:${port}/api/openapi.json`,
      `http://localhost:${port}/.well-known/openid-configuration`,
      "npm run demo:push -- okta",
    ]) {
      expect(banner).toContain(line);
    }
    const setupUrl = /Setup page +(\S+)/.exec(banner)?.[1] ?? "";
    expect(setupUrl).toMatch(new RegExp(`^http://localhost:${port}/setup/sp_setup_`));
    expect((await fetch(setupUrl, { headers: { accept: "text/html" } })).status).toBe(200);
    const link = await fetch(`http://localhost:${port}/api/v1/setup`, {
      headers: { authorization: `Bearer ${setupUrl.split("/").at(-1)}` },
    });
    expect(await link.json()).toMatchObject({ organization: { slug: "acme" } });
    const key = /Root key +(sp_root_\S+)/.exec(banner)?.[1];
    expect(banner).toContain(
      `curl -H "Authorization: Bearer ${key}" http://localhost:${port}/api/v1/organizations`,
    );
    const response = await fetch(`http://localhost:${port}/api/v1/organizations`, {
      headers: { authorization: `Bearer ${key}` },
    });
    expect(response.status).toBe(200);
    expect(gateway.stderr()).toBe("");
  });

  it("does not show a root key that it was given", async () => {
    const gateway = spawn();
    await gateway.ready();
    expect(gateway.stdout()).not.toContain(ROOT_KEY);
    expect(gateway.stdout()).toContain('"Authorization: Bearer $SALLYPORT_ROOT_KEY"');
  });
});

describe("a start that fails says why, and shows no stack trace", () => {
  const failing = async (options: Parameters<typeof spawn>[0] = {}) => {
    const gateway = spawn(options);
    const { code } = await gateway.exited;
    expect(gateway.stderr()).not.toMatch(/^\s+at /m);
    expect(gateway.stdout()).toBe("");
    return { code, stderr: gateway.stderr() };
  };

  it("when the port is taken", async () => {
    const taken = createServer().listen(port, "127.0.0.1");
    await once(taken, "listening");
    const { code, stderr } = await failing();
    expect(code).toBe(1);
    expect(stderr).toContain(`Port ${port} is taken by another program`);
    expect(stderr).toMatch(/PORT=\d+ npm start/);
    taken.close();
  });

  it("when a port of the demo is taken", async () => {
    const taken = createServer().listen(port + 1, "127.0.0.1");
    await once(taken, "listening");
    const { code, stderr } = await failing({ env: { DEMO: "on" } });
    expect(code).toBe(1);
    expect(stderr).toContain(`Port ${port + 1} is taken by another program`);
    taken.close();
  });

  it("when another process holds the data folder", async () => {
    const holder = spawn();
    await holder.ready();
    const { code, stderr } = await failing({ env: { PORT: String(port + 2) } });
    expect(code).toBe(1);
    expect(stderr).toMatch(/data folder .+ is in use by process \d+.+DATA_DIR/);
  });

  it("when production lacks what it needs: every variable at once", async () => {
    for (const run of [{ args: ["serve"] }, { args: ["dev"], env: { NODE_ENV: "production" } }]) {
      const { code, stderr } = await failing({ ...run, env: { ...run.env, SALLYPORT_ROOT_KEY: "" } });
      expect(code).toBe(2);
      for (const variable of [
        "PUBLIC_URL",
        "DATABASE_URL",
        "SALLYPORT_ROOT_KEY",
        "SALLYPORT_ENCRYPTION_KEYS",
      ]) {
        expect(stderr).toContain(`${variable} is required`);
      }
    }
  });

  it("when nothing listens at DATABASE_URL, whose password it does not repeat", async () => {
    const url = `postgresql://someone:hunter2@127.0.0.1:${port + 1}/x`;
    const { code, stderr } = await failing({ env: { DATABASE_URL: url, STARTUP_WAIT_SECONDS: "1" } });
    expect(code).toBe(1);
    expect(stderr).toContain("Nothing listens at the address in DATABASE_URL");
    expect(stderr).not.toContain("hunter2");
  });

  it("when the command line is wrong", async () => {
    const { code, stderr } = await failing({ args: ["serve", "--port", "1"] });
    expect(code).toBe(2);
    expect(stderr).toContain("--port");
  });
});
