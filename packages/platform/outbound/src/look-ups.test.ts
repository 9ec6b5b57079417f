import { expect, it } from "vitest";
import { type Lookup, queueLookups } from "./look-ups.ts";

const ADDRESS = [{ address: "203.0.113.1", family: 4 }];

/** A name server that answers when the test says so. */
function slowServer() {
  const asked = new Map<string, () => void>();
  const lookup: Lookup = (hostname, _options, callback) =>
    void asked.set(hostname, () => callback(null, ADDRESS));
  return { asked, lookup };
}

function ask(lookup: Lookup, hostname: string): Promise<unknown> {
  return new Promise((resolve) =>
    lookup(hostname, { all: true }, (error, addresses) => resolve(error ?? addresses)),
  );
}

it("looks up two names at once, and the others in their turn", async () => {
  const { asked, lookup } = slowServer();
  const resolve = queueLookups(lookup, 60_000);
  const answers = ["a", "b", "c", "d"].map((name) => ask(resolve, name));
  expect([...asked.keys()]).toEqual(["a", "b"]);
  asked.get("b")?.();
  expect([...asked.keys()]).toEqual(["a", "b", "c"]);
  for (const name of ["a", "c", "d"]) {
    asked.get(name)?.();
  }
  expect(await Promise.all(answers)).toEqual([ADDRESS, ADDRESS, ADDRESS, ADDRESS]);
});

it("does not look up what nobody waits for any more", async () => {
  const { asked, lookup } = slowServer();
  const resolve = queueLookups(lookup, 0);
  expect(await ask(resolve, "a")).toBeInstanceOf(Error);
  expect(asked.size).toBe(0);
});

it("goes on where a name server answers at once", async () => {
  const resolve = queueLookups((_hostname, _options, callback) => callback(null, ADDRESS), 60_000);
  expect(await Promise.all(["a", "b", "c"].map((name) => ask(resolve, name)))).toEqual([
    ADDRESS,
    ADDRESS,
    ADDRESS,
  ]);
});
