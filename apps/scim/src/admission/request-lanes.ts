import type { IncomingMessage } from "node:http";
import { mayBeLarge, parseBody, receiveBody } from "../http/body.ts";
import { HUGE_BODY_BYTES } from "../protocol/limits.ts";
import { inSlices } from "../protocol/slices.ts";
import { createLanes, type LaneLimits, type Lanes, type Release } from "./lanes.ts";

/** Where requests wait, by the directory's id. */
export interface RequestLanes {
  /** For those whose bodies may be large: before they are received. */
  readonly large: Lanes;
  /** For dry runs, each of which holds a connection until its end: with their bodies received, not parsed. */
  readonly dryRun: Lanes;
  /** For those whose bodies turned out to be huge: before they are parsed. */
  readonly huge: Lanes;
  /** For all: before their bodies are parsed, until their responses are made. */
  readonly work: Lanes;
}

export function createRequestLanes(dryRuns: LaneLimits): RequestLanes {
  return {
    // 10 MB each, whoever sends how many at once.
    large: createLanes({ perKey: 2, total: 4 }),
    dryRun: createLanes(dryRuns),
    // What is made of 10 MB takes many times its memory.
    huge: createLanes({ perKey: 1, total: 1 }),
    // More than run together: those that wait have their bodies as values, which take several times the memory of a text.
    work: createLanes({ perKey: 32, total: 64 }),
  };
}

/** The lanes that one request has entered. */
export class EnteredLanes {
  readonly #lanes: RequestLanes;
  readonly #key: string;
  readonly #dryRun: boolean;
  readonly #releases: Release[] = [];

  constructor(lanes: RequestLanes, key: string, dryRun: boolean) {
    this.#lanes = lanes;
    this.#key = key;
    this.#dryRun = dryRun;
  }

  /** Receives and parses a body, as soon as there is room for it; from there on the request is in a lane of `work`. */
  async readBody(request: IncomingMessage, maxBytes: number): Promise<unknown> {
    if (mayBeLarge(request)) {
      await this.#enter(this.#lanes.large);
    }
    const bytes = await receiveBody(request, maxBytes);
    await this.#enterDryRun();
    if (bytes.length > HUGE_BODY_BYTES) {
      await this.#enter(this.#lanes.huge);
    }
    await this.#enter(this.#lanes.work);
    return inSlices(parseBody(bytes));
  }

  async enterWork(): Promise<void> {
    await this.#enterDryRun();
    await this.#enter(this.#lanes.work);
  }

  release(): void {
    for (const release of this.#releases.reverse()) {
      release();
    }
  }

  async #enterDryRun(): Promise<void> {
    if (this.#dryRun) {
      await this.#enter(this.#lanes.dryRun);
    }
  }

  async #enter(lanes: Lanes): Promise<void> {
    this.#releases.push(await lanes.enter(this.#key));
  }
}
