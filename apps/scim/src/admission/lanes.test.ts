import { expect, it } from "vitest";
import { createLanes } from "./lanes.ts";

/** Works that end when told to, and what has begun so far. */
function works() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const work = (name: string) => () =>
    new Promise<string>((resolve) => {
      begun.push(name);
      ends.set(name, () => resolve(name));
    });
  const end = async (name: string) => {
    ends.get(name)?.();
    await new Promise(setImmediate);
  };
  return { begun, work, end };
}

it("runs so many works of one key at once, and the next in the order of asking", async () => {
  const { run: inLane } = createLanes({ perKey: 2, total: 10 });
  const { begun, work, end } = works();
  const results = ["a1", "a2", "a3", "a4"].map((name) => inLane("a", work(name)));
  const other = inLane("b", work("b1"));
  expect(begun).toEqual(["a1", "a2", "b1"]);
  await end("a2");
  expect(begun).toEqual(["a1", "a2", "b1", "a3"]);
  for (const name of ["a1", "a3", "a4", "b1"]) {
    await end(name);
  }
  expect(await Promise.all([...results, other])).toEqual(["a1", "a2", "a3", "a4", "b1"]);
});

it("gives the keys that wait turns at the lanes of all", async () => {
  const { run: inLane } = createLanes({ perKey: 2, total: 2 });
  const { begun, work, end } = works();
  for (const name of ["a1", "a2", "a3", "a4", "a5"]) {
    void inLane("a", work(name));
  }
  for (const name of ["b1", "b2", "c1"]) {
    void inLane(name.slice(0, 1), work(name));
  }
  expect(begun).toEqual(["a1", "a2"]);
  for (let ended = 0; ended < 8; ended += 1) {
    await end(begun[ended] ?? "");
  }
  // No import of a's, however long, comes before what b and c asked for meanwhile.
  expect(begun).toEqual(["a1", "a2", "a3", "b1", "c1", "a4", "b2", "a5"]);
});

it("frees the lane of a work that failed, whose failure is its own", async () => {
  const { run: inLane } = createLanes({ perKey: 1, total: 1 });
  const failing = inLane("a", () => Promise.reject(new Error("no")));
  const next = inLane("b", async () => "yes");
  await expect(failing).rejects.toThrow("no");
  expect(await next).toBe("yes");
});

const createTurns = () => createLanes({ perKey: 1, total: Number.POSITIVE_INFINITY }).run;

const gate = () => {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
};

it("has works of one key wait for each other, and nobody else for them", async () => {
  const inTurn = createTurns();
  const first = gate();
  const done: string[] = [];
  const work = (name: string, until: Promise<void> = Promise.resolve()) =>
    until.then(() => {
      done.push(name);
      return name;
    });
  const works = [inTurn("a", () => work("a1", first.opened)), inTurn("a", () => work("a2"))];
  await inTurn("b", () => work("b1"));
  expect(done).toEqual(["b1"]);
  first.open();
  expect(await Promise.all(works)).toEqual(["a1", "a2"]);
  expect(done).toEqual(["b1", "a1", "a2"]);
});

it("goes on behind a work that failed, whose failure is its own", async () => {
  const inTurn = createTurns();
  const failing = inTurn("a", () => Promise.reject(new Error("no")));
  const next = inTurn("a", async () => "yes");
  await expect(failing).rejects.toThrow("no");
  expect(await next).toBe("yes");
});

it("holds a lane that was entered until it is left", async () => {
  const lanes = createLanes({ perKey: 1, total: 1 });
  const { begun, work, end } = works();
  const leave = await lanes.enter("a");
  const next = lanes.run("b", work("b1"));
  await new Promise(setImmediate);
  expect(begun).toEqual([]);
  leave();
  await new Promise(setImmediate);
  expect(begun).toEqual(["b1"]);
  await end("b1");
  expect(await next).toBe("b1");
});
