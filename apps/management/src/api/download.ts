import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Response } from "express";

/** A client that takes nothing for so long is left. */
const STALLED_MS = 60_000;
/** Whose access ends meanwhile gets no more than this. */
const ACCESS_ASKED_EVERY_MS = 30_000;

interface DownloadContent {
  readonly contentType: string;
  readonly fileName: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Asked for the next one when the client has taken those before. */
  readonly chunks: AsyncIterable<string>;
}

/** What an operation with `file` answers: a file of any length, which is never in memory as a whole. */
export class Download {
  /** Whose downloads it counts among. */
  readonly owner: string;
  /** Called once. */
  readonly open: () => Promise<DownloadContent>;

  constructor(owner: string, open: () => Promise<DownloadContent>) {
    this.owner = owner;
    this.open = open;
  }
}

interface Serving {
  readonly now: () => Date;
  /** Rejects when whoever asked may not go on. */
  readonly askAccess: () => Promise<unknown>;
  readonly ended: AbortSignal;
}

/**
 * Sends the file, as fast as the client takes it. Where it cannot be sent whole it rejects and breaks the connection, by
 * which the client knows (RFC 9112, section 8).
 */
export async function serveDownload(res: Response, download: Download, serving: Serving): Promise<void> {
  const { contentType, fileName, headers, chunks } = await download.open();
  res.status(200).set({
    "content-type": contentType,
    "content-disposition": `attachment; filename="${fileName}"`,
    "x-accel-buffering": "no",
    ...headers,
  });
  res.flushHeaders();
  res.setTimeout(STALLED_MS, () => res.destroy());
  const source = Readable.from(whileAllowed(chunks, serving), { highWaterMark: 1 });
  await pipeline(source, res, { signal: serving.ended }).catch((error: unknown) => {
    if (!serving.ended.aborted) {
      throw error;
    }
  });
}

async function* whileAllowed(chunks: AsyncIterable<string>, { now, askAccess }: Serving) {
  let asked = now().getTime();
  for await (const chunk of chunks) {
    if (now().getTime() - asked >= ACCESS_ASKED_EVERY_MS) {
      await askAccess();
      asked = now().getTime();
    }
    yield chunk;
  }
}
