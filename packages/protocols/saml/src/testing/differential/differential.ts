import { isDeepStrictEqual } from "node:util";
import { validateResponse } from "../../login/validate.ts";
import { toFormValue } from "../markup.ts";
import { EXPLAINED } from "./explained.ts";
import { mutate } from "./mutate.ts";
import { Random } from "./random.ts";
import { identityOf, secondOpinion } from "./second-opinion.ts";
import { createSeeds, type Seed } from "./seeds.ts";

export interface Difference {
  readonly seed: string;
  readonly number: number;
  readonly reason: string;
  readonly xml: string;
}

export interface DifferentialReport {
  readonly mutants: number;
  readonly accepted: number;
  /** Of the accepted ones, how many differ from their seed as text. */
  readonly acceptedChanged: number;
  /** How often each code refused. */
  readonly refusals: ReadonlyMap<string, number>;
  /** Refusals of node-saml that are its own fault, by explanation. */
  readonly explained: ReadonlyMap<string, number>;
  readonly differences: readonly Difference[];
}

/**
 * Mutates accepted responses and checks, of whatever our validator still accepts, that it says what the IdP
 * signed and that node-saml accepts it with the same issuer, subject, session and attributes.
 */
export async function compare(count: number, seed: number): Promise<DifferentialReport> {
  const random = new Random(seed);
  const seeds = createSeeds();
  const refusals = new Map<string, number>();
  const explained = new Map<string, number>();
  const differences: Difference[] = [];
  let accepted = 0;
  let acceptedChanged = 0;
  for (let number = 0; number < count; number += 1) {
    const untouched = seeds[number];
    const origin = untouched ?? random.pick(seeds);
    const xml = untouched?.xml ?? mutate(origin.xml, random);
    const verdict = await judge(origin, xml);
    if (verdict.refused !== undefined) {
      tally(refusals, verdict.refused);
    } else {
      accepted += 1;
    }
    if (verdict.refused === undefined && xml !== origin.xml) {
      acceptedChanged += 1;
    }
    if (verdict.explained !== undefined) {
      tally(explained, verdict.explained);
    }
    const reason =
      verdict.difference ?? (untouched && verdict.refused && `the seed is refused: ${verdict.refused}`);
    if (reason !== undefined) {
      differences.push({ seed: origin.name, number, reason, xml });
    }
  }
  return { mutants: count, accepted, acceptedChanged, refusals, explained, differences };
}

function tally(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

interface Verdict {
  /** The code of our refusal. */
  readonly refused?: string;
  readonly difference?: string;
  readonly explained?: string;
}

async function judge(seed: Seed, xml: string): Promise<Verdict> {
  const input = { ...seed.input, response: toFormValue(xml) };
  const ours = validateResponse(input);
  if (!ours.ok) {
    return { refused: ours.code };
  }
  const original = validateResponse({ ...seed.input, response: toFormValue(seed.xml) });
  const identity = identityOf(ours.assertion);
  if (!original.ok || !isDeepStrictEqual(identity, identityOf(original.assertion))) {
    return { difference: `accepted with other claims: ${JSON.stringify(identity)}` };
  }
  const theirs = await secondOpinion(input, seed.ignoreTime);
  if ("refusal" in theirs) {
    const explanation = EXPLAINED.find(({ applies }) => applies(xml));
    if (explanation !== undefined) {
      return { explained: explanation.name };
    }
    return { difference: `node-saml refuses: ${theirs.refusal}` };
  }
  if (isDeepStrictEqual(identity, theirs.identity)) {
    return {};
  }
  return { difference: `node-saml reads ${JSON.stringify(theirs.identity)}, we ${JSON.stringify(identity)}` };
}
