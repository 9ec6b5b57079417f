import { ApiProblem } from "../../../api/client.ts";
import { countAtEnd, type ExportFormat, endRow, idOfRow, rowsOf } from "./export-rows.ts";

export interface EventCount {
  readonly count: number;
  readonly isEstimate: boolean;
}

/** What an export may ask: all, or what follows an event. */
export interface ExportPart {
  readonly format: ExportFormat;
  readonly after?: string;
}

/** The events as a file comes, and how many there are, where that was told. Throws `ApiProblem`, or what a fetch throws. */
export type OpenExport = (
  part: ExportPart,
  signal: AbortSignal,
) => Promise<{ readonly body: ReadableStream<Uint8Array>; readonly total: EventCount | undefined }>;

export interface ExportProgress {
  /** Events that are there. */
  readonly count: number;
  readonly total: EventCount | undefined;
  /** Whether the connection broke, so that it waits before it goes on. */
  readonly waiting: boolean;
}

/** The connection broke too often: `run` goes on. */
export class ExportBroken extends Error {}

/** A browser keeps a large Blob on its disk; so this much waits in memory. */
const IN_MEMORY = 4_000_000;
/** How often it tries without getting any further. */
const ATTEMPTS = 5;
const FIRST_WAIT_MS = 500;
/** A connection on which nothing comes for so long is given up. */
const SILENT_MS = 30_000;

/** An export, which goes on where it broke: no event is in the file twice, and none is missing. */
export class AuditExport {
  readonly #open: OpenExport;
  readonly #format: ExportFormat;
  readonly #onProgress: (progress: ExportProgress) => void;
  readonly #wait: (ms: number) => Promise<unknown>;
  #file: Blob[] = [];
  #text = "";
  #count = 0;
  #last: string | undefined;
  #total: EventCount | undefined;

  constructor(options: {
    readonly open: OpenExport;
    readonly format: ExportFormat;
    readonly onProgress: (progress: ExportProgress) => void;
    /** Default: as long as it says. */
    readonly wait?: (ms: number) => Promise<unknown>;
  }) {
    this.#open = options.open;
    this.#format = options.format;
    this.#onProgress = options.onProgress;
    this.#wait = options.wait ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
  }

  /**
   * The whole file. Throws `ExportBroken` when the connection does not come back, `ApiProblem` when the gateway refuses, and
   * the signal's reason. What has come is kept: to call it again goes on.
   */
  async run(signal: AbortSignal): Promise<Blob> {
    let failures = 0;
    for (;;) {
      const before = this.#count;
      try {
        const end = await this.#attempt(signal);
        if (end !== null) {
          this.#write(endRow(end, this.#count));
          this.#store();
          return new Blob(this.#file);
        }
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof ApiProblem && !mayPass(error)) {
          throw error;
        }
      }
      failures = this.#count > before ? 1 : failures + 1;
      if (failures >= ATTEMPTS) {
        throw new ExportBroken();
      }
      this.#tell(true);
      await this.#wait(FIRST_WAIT_MS * 2 ** (failures - 1));
      signal.throwIfAborted();
    }
  }

  /** Reads until the end, and returns the row that says so; null where it did not come. */
  async #attempt(signal: AbortSignal): Promise<string | null> {
    const silence = new AbortController();
    const ended = AbortSignal.any([signal, silence.signal]);
    let timer = setTimeout(() => silence.abort(), SILENT_MS);
    const after = this.#last;
    const before = this.#count;
    if (after === undefined) {
      this.#file = [];
      this.#text = "";
    }
    let head = after === undefined && this.#format === "csv" ? 1 : 0;
    try {
      const { body, total } = await this.#open(
        { format: this.#format, ...(after === undefined ? {} : { after }) },
        ended,
      );
      this.#total ??= total;
      const reader = body.getReader();
      const decoder = new TextDecoder();
      let rest = "";
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), SILENT_MS);
        const rows = rowsOf(this.#format, rest + decoder.decode(part.value, { stream: true }));
        rest = rows.rest;
        if (rows.last === null) {
          continue;
        }
        const sent = countAtEnd(this.#format, rows.last);
        const events = rows.count - head - (sent === null ? 0 : 1);
        head = 0;
        if (events > 0 && sent === null) {
          this.#last = idOfRow(this.#format, rows.last);
        }
        this.#write(sent === null ? rows.text : rows.text.slice(0, -rows.last.length));
        this.#count += events;
        this.#tell(false);
        if (sent !== null) {
          return sent === this.#count - before ? rows.last : this.#startAgain();
        }
      }
      return null;
    } finally {
      clearTimeout(timer);
      silence.abort();
    }
  }

  /** Something was lost on the way: nothing of it can be trusted. */
  #startAgain(): null {
    this.#last = undefined;
    this.#count = 0;
    return null;
  }

  #write(text: string): void {
    this.#text += text;
    if (this.#text.length > IN_MEMORY) {
      this.#store();
    }
  }

  #store(): void {
    this.#file.push(new Blob([this.#text]));
    this.#text = "";
  }

  #tell(waiting: boolean): void {
    this.#onProgress({ count: this.#count, total: this.#total, waiting });
  }
}

/** Whether the same request may succeed later. */
const mayPass = ({ status }: ApiProblem) => status === 429 || status >= 500;

/** What the API answered, as an export reads it. */
export async function exportOf(
  answer: Promise<{
    readonly data?: ReadableStream<Uint8Array> | null | undefined;
    readonly error?: unknown;
    readonly response: Response;
  }>,
): ReturnType<OpenExport> {
  const { data, error, response } = await answer;
  if (!response.ok || data === null || data === undefined) {
    throw new ApiProblem(response.status, error);
  }
  return { body: data, total: totalOf(response.headers) };
}

function totalOf(headers: Headers): EventCount | undefined {
  const told = /^(\d+)(;estimate)?$/.exec(headers.get("sallyport-event-count") ?? "");
  return told === null ? undefined : { count: Number(told[1]), isEstimate: told[2] !== undefined };
}
