import { expect, it } from "vitest";
import { createTurns } from "./turns.ts";

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
