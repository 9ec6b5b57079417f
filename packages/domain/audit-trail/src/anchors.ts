import { z } from "zod";
import { hashOfSeal, type Seal } from "./seal.ts";
import type { KnownSeal } from "./verify/seals.ts";

const hex = z.string().regex(/^[0-9a-f]+$/);

/** A seal as it is written outside: one line of JSON, by which the trail is held against it later. */
const anchor = z.object({
  organizationId: z.guid().nullable(),
  number: z.int().positive(),
  firstSequence: z.int(),
  lastSequence: z.int(),
  root: hex,
  previous: hex.nullable(),
  sealedAt: z.iso.datetime(),
  keyId: z.string(),
  /** Base64url. */
  signature: z.string(),
  /** The hash of the seal. */
  hash: hex,
});

export type Anchor = z.infer<typeof anchor>;

/** A seal as others see it. */
export function anchorOf(seal: Seal): Anchor {
  return {
    organizationId: seal.organizationId,
    number: seal.number,
    firstSequence: seal.firstSequence,
    lastSequence: seal.lastSequence,
    root: seal.root.toString("hex"),
    previous: seal.previous?.toString("hex") ?? null,
    sealedAt: seal.sealedAt.toISOString(),
    keyId: seal.keyId,
    signature: seal.signature.toString("base64url"),
    hash: hashOfSeal(seal).toString("hex"),
  };
}

/**
 * The roots of a file that was written outside, line by line; and the first line that is none. A line that was cut off, since
 * who wrote it died (`cutOff`), is left out: what it was to say was written again behind it.
 */
export function parseAnchors(text: string): { anchors: KnownSeal[]; cutOff: number; badLine?: number } {
  const anchors: KnownSeal[] = [];
  let cutOff = 0;
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") {
      continue;
    }
    const value = jsonOf(line);
    if (value === undefined && line.startsWith('{"organizationId":')) {
      cutOff += 1;
      continue;
    }
    const parsed = anchor.safeParse(value);
    if (!parsed.success) {
      return { anchors, cutOff, badLine: index + 1 };
    }
    anchors.push(parsed.data);
  }
  return { anchors, cutOff };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
