import { expect, it } from "vitest";
import { type BatchQueue, createBatcher } from "./batcher.ts";

/** A queue whose works run when the test lets one in, and what has run so far. */
function gate() {
  const runs: string[][] = [];
  const entering: (() => Promise<void>)[] = [];
  const queue: BatchQueue<string> = {
    key: "k",
    enter: (work) =>
      new Promise((resolve) => {
        entering.push(() => work().then(resolve));
      }),
  };
  const run = async (items: readonly string[]) => {
    runs.push([...items]);
    if (items.includes("bad")) {
      throw new Error("bad");
    }
    if (items.includes("down")) {
      throw new Error("down");
    }
    return items.map((item) => item.toUpperCase());
  };
  const letIn = async () => {
    await new Promise(setImmediate);
    await entering.shift()?.();
  };
  return { runs, entering, queue, run, letIn };
}

const isBad = (error: unknown) => error instanceof Error && error.message === "bad";

it("runs together what came while its queue was awaited, each with its own result", async () => {
  const { runs, queue, run, letIn } = gate();
  const batch = createBatcher<string, string>(isBad);
  const first = [batch(queue, "a", run), batch(queue, "b", run)];
  await new Promise(setImmediate);
  first.push(batch(queue, "c", run));
  const other = batch({ ...queue, key: "other" }, "d", run);
  await letIn();
  const later = batch(queue, "e", run);
  await letIn();
  await letIn();
  expect(await Promise.all([...first, other, later])).toEqual(["A", "B", "C", "D", "E"]);
  expect(runs).toEqual([["a", "b", "c"], ["d"], ["e"]]);
});

it("runs no more than 8 at once, and the rest behind them", async () => {
  const { runs, queue, run, letIn } = gate();
  const batch = createBatcher<string, string>(isBad);
  const results = Array.from({ length: 18 }, (_, index) => batch(queue, `i${index}`, run));
  for (let round = 0; round < 3; round += 1) {
    await letIn();
  }
  expect((await Promise.all(results)).length).toBe(18);
  expect(runs.map(({ length }) => length)).toEqual([8, 8, 2]);
});

it("leaves to the next run what does not go with those before it, in the order of coming", async () => {
  const { runs, queue, run, letIn } = gate();
  const batch = createBatcher<string, string>(isBad);
  const distinct = {
    ...queue,
    goesWith: (item: string, others: readonly string[]) => !others.includes(item),
  };
  const results = ["a", "b", "a", "c"].map((item) => batch(distinct, item, run));
  await letIn();
  await letIn();
  expect(await Promise.all(results)).toEqual(["A", "B", "A", "C"]);
  expect(runs).toEqual([
    ["a", "b"],
    ["a", "c"],
  ]);
});

it("tries each by itself when one may be to blame, and only that one fails", async () => {
  const { runs, queue, run, letIn } = gate();
  const batch = createBatcher<string, string>(isBad);
  const results = ["a", "bad", "c"].map((item) => batch(queue, item, run));
  const settled = Promise.allSettled(results);
  await letIn();
  expect((await settled).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(runs).toEqual([["a", "bad", "c"], ["a"], ["bad"], ["c"]]);
});

it("fails all of them, and tries none again, when the blame is nobody's", async () => {
  const { runs, queue, run, letIn } = gate();
  const batch = createBatcher<string, string>(isBad);
  const settled = Promise.allSettled(["a", "down"].map((item) => batch(queue, item, run)));
  await letIn();
  expect((await settled).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(runs).toEqual([["a", "down"]]);
});
