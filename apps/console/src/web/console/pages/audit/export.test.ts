import { describe, expect, it } from "vitest";
import { ApiProblem } from "../../../api/client.ts";
import { AuditExport, ExportBroken, type ExportProgress, type OpenExport } from "./export.ts";
import type { ExportFormat } from "./export-rows.ts";

const EVENTS = Array.from({ length: 40 }, (_, n) => `id-${n}`);
// With what would end a row, were it not within quotes.
const lineOf: Readonly<Record<ExportFormat, (id: string) => string>> = {
  csv: (id) => `"a ""quoted""\r\n, line",é,${id}\r\n`,
  ndjson: (id) => `${JSON.stringify({ note: 'a\n"line" é', id })}\n`,
};
const headOf = { csv: "note,more,id\r\n", ndjson: "" } as const;
const endOf = {
  csv: (count: number) => `# end: ${count} events,,\r\n`,
  ndjson: (count: number) => `{"end":{"events":${count}}}\n`,
} as const;

interface Server {
  readonly open: OpenExport;
  readonly asked: (string | undefined)[];
}

/** A gateway whose connections break as each number of bytes says, or hold where it is null. */
function server(format: ExportFormat, breaks: (number | null)[], step = 7): Server {
  const asked: (string | undefined)[] = [];
  return {
    asked,
    open: async ({ after }) => {
      asked.push(after);
      const events = EVENTS.slice(after === undefined ? 0 : EVENTS.indexOf(after) + 1);
      const text = `${after === undefined ? headOf[format] : ""}${events.map(lineOf[format]).join("")}${endOf[format](events.length)}`;
      const limit = breaks.shift() ?? null;
      const bytes = new TextEncoder().encode(text).slice(0, limit ?? undefined);
      let at = 0;
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          if (at < bytes.length) {
            controller.enqueue(bytes.slice(at, at + step));
            at += step;
          } else if (limit === null) {
            controller.close();
          } else {
            controller.error(new TypeError("network error"));
          }
        },
      });
      return { body, total: after === undefined ? { count: EVENTS.length, isEstimate: false } : undefined };
    },
  };
}

const whole = (format: ExportFormat) =>
  `${headOf[format]}${EVENTS.map(lineOf[format]).join("")}${endOf[format](EVENTS.length)}`;

function exportFrom(open: OpenExport, format: ExportFormat) {
  const told: ExportProgress[] = [];
  const waits: number[] = [];
  const file = new AuditExport({
    open,
    format,
    onProgress: (progress) => told.push(progress),
    wait: async (ms) => waits.push(ms),
  });
  return { file, told, waits };
}

const { signal } = new AbortController();

describe.each(["csv", "ndjson"] as const)("an export as %s", (format) => {
  it("is the same file wherever the connection breaks, and whatever comes at once", async () => {
    for (let bytes = 0; bytes < 300; bytes += 1) {
      const gateway = server(format, [bytes, bytes], 1 + (bytes % 11));
      const { file } = exportFrom(gateway.open, format);
      expect([bytes, await (await file.run(signal)).text()]).toEqual([bytes, whole(format)]);
      expect(gateway.asked).toHaveLength(3);
    }
  });

  it("tells how far it is, of how many, and that it waits", async () => {
    const { file, told } = exportFrom(server(format, [400], 400).open, format);
    await file.run(signal);
    const total = { count: EVENTS.length, isEstimate: false };
    expect(told[0]).toMatchObject({ total, waiting: false });
    expect(told.filter(({ waiting }) => waiting)).toHaveLength(1);
    expect(told.at(-1)).toEqual({ count: EVENTS.length, total, waiting: false });
    expect(told.map(({ count }) => count)).toEqual(told.map(({ count }) => count).sort((a, b) => a - b));
  });

  it("stops when it gets no further, saves nothing, and goes on when it is told to", async () => {
    const gateway = server(format, [500, 0, 0, 0, 0]);
    const { file, waits } = exportFrom(gateway.open, format);
    await expect(file.run(signal)).rejects.toThrow(ExportBroken);
    expect(waits).toEqual([500, 1_000, 2_000, 4_000]);
    expect(await (await file.run(signal)).text()).toBe(whole(format));
    expect(new Set(gateway.asked).size).toBe(2);
  });

  it("trusts no file that ends without its end", async () => {
    const honest = server(format, []);
    const open: OpenExport = async (part, ended) => {
      const answer = await honest.open(part, ended);
      if (part.after !== undefined) {
        return answer;
      }
      const text = await new Response(answer.body).text();
      const body = new Response(text.replace(endOf[format](EVENTS.length), "")).body;
      return { ...answer, body: body ?? new ReadableStream() };
    };
    const { file } = exportFrom(open, format);
    expect(await (await file.run(signal)).text()).toBe(whole(format));
    expect(honest.asked).toEqual([undefined, "id-39"]);
  });
});

it("begins anew when rows are lost on the way", async () => {
  const honest = server("ndjson", []);
  let lost = true;
  const open: OpenExport = async (part, ended) => {
    const answer = await honest.open(part, ended);
    const text = await new Response(answer.body).text();
    const sent = lost ? text.replace(lineOf.ndjson("id-3"), "") : text;
    lost = false;
    return { ...answer, body: new Response(sent).body ?? new ReadableStream() };
  };
  const { file } = exportFrom(open, "ndjson");
  expect(await (await file.run(signal)).text()).toBe(whole("ndjson"));
  expect(honest.asked).toEqual([undefined, undefined]);
});

it("does not insist where the gateway refuses, and does where it is busy", async () => {
  const refuse = (status: number) => exportFrom(() => Promise.reject(new ApiProblem(status, {})), "csv");
  for (const [status, waits] of [
    [403, 0],
    [404, 0],
    [429, 4],
    [503, 4],
  ] as const) {
    const asked = refuse(status);
    await expect(asked.file.run(signal)).rejects.toThrow();
    expect([status, asked.waits.length]).toEqual([status, waits]);
  }
});

it("ends when it is aborted", async () => {
  const abort = new AbortController();
  const { file } = exportFrom(async () => {
    abort.abort();
    throw new TypeError("aborted");
  }, "csv");
  await expect(file.run(abort.signal)).rejects.toMatchObject({ name: "AbortError" });
});
