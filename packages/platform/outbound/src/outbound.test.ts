import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { OutboundError } from "./error.ts";
import { createOutbound, type Outbound, type OutboundInit } from "./outbound.ts";

let server: Server | undefined;
let outbound: Outbound | undefined;

afterEach(async () => {
  await outbound?.close();
  outbound = undefined;
  await new Promise((resolve) => (server === undefined ? resolve(null) : server.close(resolve)));
  server?.closeAllConnections();
  server = undefined;
});

async function serve(listener: RequestListener): Promise<string> {
  const started = createServer(listener).listen(0, "127.0.0.1");
  server = started;
  await new Promise((resolve) => started.once("listening", resolve));
  return `http://localhost:${(started.address() as AddressInfo).port}`;
}

const LOOPBACK = ["127.0.0.0/8", "::1/128"];

async function codeOf(allow: string[], url: string, limits = {}): Promise<string> {
  outbound = createOutbound({ allow, ...limits });
  try {
    const response = await outbound.fetch(url);
    return String(response.status);
  } catch (error) {
    if (error instanceof OutboundError) {
      return error.code;
    }
    throw error;
  }
}

describe("a stream", () => {
  const readAll = async (url: string, init: OutboundInit = {}) => {
    outbound = createOutbound({ allow: LOOPBACK, maxBytes: 10 });
    const answer = await outbound.stream(url, init);
    let size = 0;
    for await (const chunk of answer.body) {
      size += chunk.length;
    }
    return { status: answer.status, size };
  };

  it("brings more than is kept elsewhere, piece by piece", async () => {
    const url = await serve((_req, res) => res.writeHead(404).end("x".repeat(1_000_000)));
    expect(await readAll(url, { maxBytes: 1_000_000 })).toEqual({ status: 404, size: 1_000_000 });
  });

  it("ends where it is too large, too late, torn or led elsewhere", async () => {
    const endless = await serve((_req, res) => {
      res.on("drain", () => res.write("x".repeat(65_536)));
      res.write("x".repeat(65_536));
    });
    await expect(readAll(endless, { maxBytes: 1_000_000 })).rejects.toMatchObject({
      code: "outbound_too_large",
    });
    await outbound?.close();
    server?.closeAllConnections();
    const silent = await serve((_req, res) => res.write("x"));
    await expect(readAll(silent, { timeoutMs: 50 })).rejects.toMatchObject({ code: "outbound_timeout" });
    server?.closeAllConnections();
    const torn = await serve((_req, res) => res.write("x", () => res.destroy()));
    await expect(readAll(torn)).rejects.toMatchObject({ code: "outbound_failed" });
    const away = await serve((_req, res) => res.writeHead(302, { location: "/" }).end());
    await expect(readAll(away)).rejects.toMatchObject({ code: "outbound_redirect_refused" });
    await expect(readAll("https://10.0.0.1/")).rejects.toMatchObject({ code: "outbound_address_refused" });
  });

  it("frees its connection where nobody reads it", async () => {
    let close: () => void = () => undefined;
    const closed = new Promise<void>((resolve) => {
      close = resolve;
    });
    const url = await serve((_req, res) => {
      res.once("close", close);
      res.write("x");
    });
    outbound = createOutbound({ allow: LOOPBACK });
    (await outbound.stream(url)).cancel();
    await closed;
  });
});

describe("the outbound client", () => {
  it("fetches from an allowed address", async () => {
    const url = await serve((req, res) => res.end(`${req.method} ${req.url}`));
    outbound = createOutbound({ allow: LOOPBACK });
    const response = await outbound.fetch(`${url}/metadata`, { method: "POST", body: "x" });
    expect(await response.text()).toBe("POST /metadata");
  });

  it.each([
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f.0.0.1/",
    "https://10.0.0.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[fd00::1]/",
    "https://0.0.0.0/",
    "https://100.64.0.1/",
    "https://localhost/",
  ])("refuses %s, which is not public", async (url) => {
    expect(await codeOf([], url)).toBe("outbound_address_refused");
  });

  it("refuses a name that resolves to an address that is not allowed, also where plain http would pass", async () => {
    const url = await serve((_req, res) => res.end());
    expect(await codeOf([], url)).toBe("outbound_address_refused");
  });

  it.each(["http://example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://localhost/"])(
    "refuses the scheme of %s",
    async (url) => {
      expect(await codeOf(LOOPBACK, url)).toBe("outbound_scheme_refused");
    },
  );

  it("speaks plain http beyond loopback only where it was made for that, and to what is allowed alone", async () => {
    expect(await codeOf(["10.0.0.0/8"], "http://10.0.0.1:1/")).toBe("outbound_scheme_refused");
    const limits = { plainHttp: true, timeoutMs: 1 };
    expect(await codeOf(["10.0.0.0/8"], "http://10.0.0.1:1/", limits)).toMatch(/^outbound_(timeout|failed)$/);
    expect(await codeOf(["10.0.0.0/8"], "http://192.168.0.1:1/", limits)).toBe("outbound_address_refused");
    expect(await codeOf(["10.0.0.0/8"], "ftp://10.0.0.1/", limits)).toBe("outbound_scheme_refused");
  });

  it.each(["not a url", "https://user:pass@example.com/"])("refuses the malformed %s", async (url) => {
    expect(await codeOf(LOOPBACK, url)).toBe("outbound_url_invalid");
  });

  it("follows no redirect", async () => {
    const url = await serve((_req, res) => res.writeHead(302, { location: "http://169.254.169.254/" }).end());
    expect(await codeOf(LOOPBACK, url)).toBe("outbound_redirect_refused");
  });

  it("stops reading at its limit", async () => {
    const url = await serve((_req, res) => res.end("x".repeat(2_000)));
    expect(await codeOf(LOOPBACK, url, { maxBytes: 1_000 })).toBe("outbound_too_large");
  });

  it("reads as much of an answer as the call allows", async () => {
    const url = await serve((_req, res) => res.end("x".repeat(2_000)));
    outbound = createOutbound({ allow: LOOPBACK, maxBytes: 1_000 });
    await expect(outbound.fetch(url)).rejects.toMatchObject({ code: "outbound_too_large" });
    expect(await (await outbound.fetch(url, { maxBytes: 2_000 })).text()).toHaveLength(2_000);
    await expect(outbound.fetch(url, { maxBytes: 1_999 })).rejects.toMatchObject({
      code: "outbound_too_large",
    });
  });

  it("takes no compressed answer, and asks for none", async () => {
    const url = await serve((req, res) => {
      if (req.url === "/plain") {
        res.setHeader("content-encoding", "identity");
      } else {
        res.setHeader("content-encoding", "gzip");
      }
      res.end(`asked for ${req.headers["accept-encoding"]}`);
    });
    outbound = createOutbound({ allow: LOOPBACK });
    await expect(outbound.fetch(url)).rejects.toMatchObject({ code: "outbound_encoding_refused" });
    expect(await (await outbound.fetch(`${url}/plain`)).text()).toBe("asked for undefined");
  });

  it.each([
    ["a body", 200],
    ["a redirect's body", 302],
  ])("gives up on %s that comes byte by byte", async (_, status) => {
    const url = await serve((_req, res) => {
      res.writeHead(status, { location: "/" });
      const drip = setInterval(() => res.write("x"), 5);
      res.on("close", () => clearInterval(drip));
    });
    const code = status === 200 ? "outbound_timeout" : "outbound_redirect_refused";
    expect(await codeOf(LOOPBACK, url, { timeoutMs: 100 })).toBe(code);
  });

  it("names the variable that would allow an address", async () => {
    outbound = createOutbound({ allow: [], variable: "OUTBOUND_ALLOW_OPERATOR" });
    await expect(outbound.fetch("https://10.0.0.1/")).rejects.toThrow(/in OUTBOUND_ALLOW_OPERATOR\.$/);
  });

  it("gives up on a server that does not answer, or is not there", async () => {
    const url = await serve(() => undefined);
    expect(await codeOf(LOOPBACK, url, { timeoutMs: 50 })).toBe("outbound_timeout");
    expect(await codeOf(LOOPBACK, "http://localhost:1/")).toBe("outbound_failed");
  });

  it("takes no list of networks that it cannot read", () => {
    expect(() => createOutbound({ allow: ["10.0.0.0"] })).toThrow(TypeError);
  });
});
