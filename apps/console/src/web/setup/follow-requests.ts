import { createParser } from "eventsource-parser";
import { type Api, ApiProblem, type Schemas } from "../api/client.ts";

export type LiveRequest = Schemas["LiveScimRequest"];

/** The gateway says something every 15 seconds: after this long it is out of reach, though nothing said so. */
const SILENT_MS = 40_000;
const TRY_AGAIN_MS = 1_000;

interface Follower {
  onOpen(): void;
  onRequest(request: LiveRequest): void;
  /** The stream broke, or was refused. It is tried again. */
  onBroken(error: unknown): void;
}

/** Follows the requests of a directory until `signal` aborts. After a break it goes on behind the last request. */
export async function followRequests(
  api: Api,
  path: { readonly org: string; readonly directoryId: string },
  follower: Follower,
  signal: AbortSignal,
): Promise<void> {
  let lastId: string | undefined;
  while (!signal.aborted) {
    try {
      await readStream(api, path, lastId, signal, {
        ...follower,
        onRequest(request) {
          lastId = request.id;
          follower.onRequest(request);
        },
      });
    } catch (error) {
      if (!signal.aborted) {
        follower.onBroken(error);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
  }
}

/** Resolves when the gateway has ended the stream, which it does from time to time. */
async function readStream(
  api: Api,
  path: { readonly org: string; readonly directoryId: string },
  lastId: string | undefined,
  signal: AbortSignal,
  follower: Follower,
): Promise<void> {
  const silent = new AbortController();
  let timer = setTimeout(() => silent.abort(), SILENT_MS);
  try {
    const { data, error, response } = await api.GET(
      "/organizations/{org}/directories/{directoryId}/scim-requests/stream",
      {
        params: { path, header: lastId === undefined ? {} : { "Last-Event-ID": lastId } },
        parseAs: "stream",
        signal: AbortSignal.any([signal, silent.signal]),
      },
    );
    if (!response.ok || data == null) {
      throw new ApiProblem(response.status, error);
    }
    follower.onOpen();
    const parser = createParser({ onEvent: (event) => follower.onRequest(JSON.parse(event.data)) });
    const reader = data.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      clearTimeout(timer);
      timer = setTimeout(() => silent.abort(), SILENT_MS);
      parser.feed(part.value);
    }
  } finally {
    clearTimeout(timer);
  }
}
