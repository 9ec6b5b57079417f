import type { TextDecoder } from "node:util";
import { Refusal, refuse } from "../errors/refusal.ts";
import { DEFAULT_METADATA_LIMITS } from "../limits.ts";
import type { SamlFailure } from "../types.ts";
import { decodeChunk, metadataDecoder, withoutEncoding } from "./encoding.ts";
import { EntityFinder } from "./entity-finder.ts";

export interface EntityMetadataOptions {
  /** Which entity is meant. Without it, only a document of ordinary size is taken. */
  readonly entityId?: string | undefined;
  /** Whether the signature over the document is to be verified: then it is needed whole. */
  readonly signed?: boolean;
  /** Up to this many bytes the document is returned as it came. Default: what `parseIdpMetadata` takes. */
  readonly maxBytes?: number;
}

/**
 * A metadata document in a size to be parsed: itself, or of a federation's the one entity that is meant, with what is
 * around it. Memory is bounded by `maxBytes`, whatever the document's size; that is for the caller to bound. Never throws
 * but what `chunks` does.
 */
export async function entityMetadata(
  chunks: AsyncIterable<Uint8Array>,
  { entityId, signed = false, maxBytes = DEFAULT_METADATA_LIMITS.maxBytes }: EntityMetadataOptions = {},
): Promise<{ readonly ok: true; readonly document: Uint8Array | string } | SamlFailure> {
  let first: Uint8Array[] = [];
  let size = 0;
  let search: Search | undefined;
  try {
    for await (const chunk of chunks) {
      size += chunk.length;
      if (search === undefined && size <= maxBytes) {
        first.push(chunk);
        continue;
      }
      if (search === undefined) {
        search = new Search(wanted(entityId, signed, maxBytes), maxBytes);
        for (const early of first) {
          search.push(early);
        }
        first = [];
      }
      search.push(chunk);
    }
    return { ok: true, document: search?.end() ?? Buffer.concat(first) };
  } catch (error) {
    if (error instanceof Refusal) {
      return error.failure;
    }
    throw error;
  }
}

function wanted(entityId: string | undefined, signed: boolean, maxBytes: number): string {
  if (signed) {
    refuse("metadata_too_large", `a signature is verified over ${maxBytes} bytes at most`);
  }
  return entityId ?? refuse("metadata_too_large", "the entity ID is not given");
}

class Search {
  readonly #finder: EntityFinder;
  #decoder: TextDecoder | undefined;

  constructor(entityId: string, maxLength: number) {
    this.#finder = new EntityFinder(entityId, maxLength);
  }

  push(chunk: Uint8Array): void {
    const isFirst = this.#decoder === undefined;
    this.#decoder ??= metadataDecoder(chunk);
    const text = decodeChunk(this.#decoder, chunk, { stream: true });
    this.#finder.push(isFirst ? withoutEncoding(text) : text);
  }

  end(): string {
    if (this.#decoder !== undefined) {
      this.#finder.push(decodeChunk(this.#decoder));
    }
    return this.#finder.end();
  }
}
