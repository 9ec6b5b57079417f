import fc from "fast-check";
import { expect, it } from "vitest";
import { createLanes } from "./lanes.ts";

const OPTIONS = { places: 10, slowPlaces: 3, first: 2, most: 4 };
const names = (count: number, prefix = "r") => Array.from({ length: count }, (_, n) => `${prefix}${n}`);

function begin(lanes: ReturnType<typeof createLanes>, receivers: readonly string[]): string[] {
  const begun: string[] = [];
  for (const [receiver, places] of lanes.share(receivers)) {
    for (let n = 0; n < places; n++) {
      lanes.begin(receiver);
      begun.push(receiver);
    }
  }
  return begun;
}

it("gives each one place before anybody has a second", () => {
  const lanes = createLanes(OPTIONS);
  expect(new Set(begin(lanes, names(10)))).toEqual(new Set(names(10)));
  expect(begin(lanes, names(12))).toEqual([]);
});

it("begins with few places for a receiver, and gives more with each quick answer", () => {
  const lanes = createLanes(OPTIONS);
  expect(begin(lanes, ["a"])).toHaveLength(2);
  lanes.end("a", true);
  expect(begin(lanes, ["a"])).toHaveLength(2);
  for (let n = 0; n < 3; n++) {
    lanes.end("a", true);
  }
  expect(begin(lanes, ["a"])).toHaveLength(4);
});

it("gives a receiver that was slow one place at a time, and all such together few", () => {
  const lanes = createLanes(OPTIONS);
  for (const name of names(5, "slow")) {
    lanes.begin(name);
    lanes.end(name, false);
  }
  const begun = begin(lanes, [...names(5, "slow"), ...names(9)]);
  expect(begun.filter((name) => name.startsWith("slow")).length).toBeLessThanOrEqual(3);
  expect(begun).toHaveLength(10);
  const alone = createLanes(OPTIONS);
  for (const name of names(5, "slow")) {
    alone.suspect(name);
  }
  expect(new Set(begin(alone, names(5, "slow"))).size).toBe(3);
  expect(begin(alone, names(5, "slow"))).toEqual([]);
});

it("forgets that a receiver was slow once it answers quickly", () => {
  const lanes = createLanes({ ...OPTIONS, slowPlaces: 1 });
  lanes.suspect("a");
  lanes.suspect("b");
  expect(begin(lanes, ["a"])).toEqual(["a"]);
  expect(begin(lanes, ["b"])).toEqual([]);
  lanes.end("a", true);
  lanes.suspect("a"); // known better here
  expect(begin(lanes, ["a", "b"]).filter((name) => name === "a").length).toBeGreaterThan(1);
});

it("never has more under way than there are places, whoever ends how", () => {
  const step = fc.record({
    receivers: fc.uniqueArray(fc.nat(20), { maxLength: 20 }),
    ends: fc.array(fc.boolean()),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const lanes = createLanes(OPTIONS);
      const open: string[] = [];
      for (const { receivers, ends } of steps) {
        open.push(
          ...begin(
            lanes,
            receivers.map((n) => `r${n}`),
          ),
        );
        expect(lanes.active()).toBe(open.length);
        expect(open.length).toBeLessThanOrEqual(OPTIONS.places);
        for (const name of new Set(open)) {
          expect(open.filter((each) => each === name).length).toBeLessThanOrEqual(OPTIONS.most);
        }
        for (const quick of ends) {
          const name = open.shift();
          if (name !== undefined) {
            lanes.end(name, quick);
          }
        }
      }
      for (const name of open) {
        lanes.end(name, true);
      }
      expect(lanes.active()).toBe(0);
      expect(begin(lanes, names(10, "new"))).toHaveLength(10);
    }),
  );
});
