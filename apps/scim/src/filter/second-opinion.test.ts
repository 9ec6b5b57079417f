import * as fc from "fast-check";
import { expect, it } from "vitest";
import { judge, type Verdict } from "../testing/filter-differential/differential.ts";
import { EXPLAINED, explain } from "../testing/filter-differential/explained.ts";
import { filters } from "../testing/filter-differential/generate.ts";

const FILTERS = 12_000;

it("reads filters as scim2-parse-filter does, or differs for a reason that the table has", () => {
  const verdicts = new Map<Verdict, number>();
  const reasons = new Set<string>();
  fc.assert(
    fc.property(filters, (text) => {
      const verdict = judge(text);
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
      if (verdict === "accepted alike" || verdict === "refused alike") {
        return;
      }
      const names = explain(text, verdict);
      expect(names, `${verdict}: ${text}`).not.toEqual([]);
      for (const name of names) {
        reasons.add(name);
      }
    }),
    { numRuns: FILTERS, seed: 7644 },
  );
  // Otherwise there would be nothing to compare, or a row of the table would excuse what does not happen.
  expect(verdicts.get("accepted alike")).toBeGreaterThan(FILTERS / 4);
  expect(verdicts.get("refused alike")).toBeGreaterThan(FILTERS / 8);
  expect([...reasons].sort()).toEqual(EXPLAINED.map(({ name }) => name).sort());
}, 60_000);
