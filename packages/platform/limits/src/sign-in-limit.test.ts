import { beforeEach, describe, expect, it } from "vitest";
import { createLevels } from "./levels.ts";
import { type Attempt, type AttemptLimit, createAttemptLimit } from "./sign-in-limit.ts";
import { createClock } from "./testing/clock.ts";

const USUAL = { perSecond: 0.2, burst: 3_000 };
const SMALL = { perSecond: 0.5, burst: 10 };

let clock = createClock();
let limit: AttemptLimit;
beforeEach(() => {
  clock = createClock();
  use(SMALL);
});

function use(limits: typeof SMALL): void {
  limit = createAttemptLimit(createLevels(clock), limits);
}

/** Both starts of a sign-in; whether it was let go on. */
function start({ applicationId = "wiki", connectionId = "acme", ...origin }: Attempt): boolean {
  const asked = limit.start({ ...origin, applicationId }) === null;
  return asked && limit.start({ ...origin, connectionId }) === null;
}

function complete({ applicationId = "wiki", connectionId = "acme", ...origin }: Attempt): void {
  limit.complete({ ...origin, connectionId });
  limit.complete({ ...origin, applicationId });
}

/** How many of them were let go on. */
const startMany = (count: number, attempt: (n: number) => Attempt) =>
  Array.from({ length: count }, (_, n) => start(attempt(n))).filter(Boolean).length;
const home = (n: number) => `198.18.${n >> 8}.${n & 255}`;

describe("twenty thousand people behind one address, at nine o'clock", () => {
  /** People who start at their second, and come back after as long as `takes` says; null for those who never do. */
  function morning(
    people: number,
    startedBy: (n: number) => number,
    takes: (n: number) => number | null,
  ): number {
    const events = Array.from({ length: people }, (_, n) => n).flatMap((n) => {
      const at = startedBy(n);
      const after = takes(n);
      return after === null
        ? [{ at, starts: true }]
        : [
            { at, starts: true },
            { at: at + after, starts: false },
          ];
    });
    let refused = 0;
    let at = 0;
    for (const event of events.sort((one, other) => one.at - other.at)) {
      clock.pass(event.at - at);
      at = event.at;
      if (!event.starts) {
        complete({ ip: "203.0.113.7" });
      } else if (!start({ ip: "203.0.113.7" })) {
        refused += 1;
      }
    }
    return refused;
  }
  /** A spread of waits without chance: few seconds for most, minutes for some. */
  const seconds = (n: number) => [2, 3, 3, 4, 5, 8, 12, 20, 45, 180][(n * 7) % 10] ?? 0;

  it.each([
    [
      "within ten minutes, one in ten never coming back",
      600,
      (n: number) => (n % 10 === 3 ? null : seconds(n)),
    ],
    ["within a minute", 60, seconds],
    ["within a minute, one in three never coming back", 60, (n: number) => (n % 3 === 0 ? null : seconds(n))],
    ["within five minutes, each half a minute at the IdP", 300, () => 30],
  ])("are never limited: %s", (_name, spread, takes) => {
    use(USUAL);
    expect(morning(20_000, (n) => (n / 20_000) * spread, takes)).toBe(0);
  });

  it("are not, either, an hour after their IdP was down for all of them", () => {
    use(USUAL);
    expect(
      morning(
        20_000,
        (n) => n / 100,
        () => null,
      ),
    ).toBeGreaterThan(0);
    clock.pass(3_600);
    expect(morning(20_000, (n) => (n / 20_000) * 600, seconds)).toBe(0);
  });

  it("get back in within minutes, even at once after that: whoever gets through makes room for two", () => {
    use(USUAL);
    morning(
      10_000,
      (n) => n / 100,
      () => null,
    );
    let through = 0;
    for (let second = 0; second < 300; second++) {
      clock.pass(1);
      // A hundred try each second; an IdP that knows them answers within it.
      for (let n = 0; n < 100; n++) {
        if (!start({ ip: "203.0.113.7" })) {
          continue;
        }
        complete({ ip: "203.0.113.7" });
        through += 1;
      }
    }
    expect(through).toBeGreaterThan(20_000);
  });
});

describe("whoever only starts", () => {
  it("is told to wait, for as long as it takes", () => {
    expect(startMany(50, () => ({ ip: "192.0.2.1" }))).toBe(10);
    expect(limit.start({ ip: "192.0.2.1", applicationId: "wiki" })).toBe(1);
    clock.pass(2);
    expect(startMany(50, () => ({ ip: "192.0.2.1" }))).toBe(1);
  });

  it("gets no further by other applications and connections", () => {
    const each = (n: number) => ({ ip: "192.0.2.1", applicationId: `app ${n}`, connectionId: `idp ${n}` });
    expect(startMany(50, each)).toBe(10);
  });

  it("gets no further by other addresses of the same /64, and four times as far by those of a /48", () => {
    expect(startMany(50, (n) => ({ ip: `2001:db8:1:2::${n}` }))).toBe(10);
    expect(
      startMany(500, (n) => ({ ip: `2001:db8:7:${n}::1`, applicationId: `${n}`, connectionId: `${n}` })),
    ).toBe(40);
  });

  it("limits nobody else", () => {
    startMany(50, () => ({ ip: "192.0.2.1" }));
    expect(start({ ip: "192.0.2.2" })).toBe(true);
  });

  it("has a share of its own of each success", () => {
    for (let n = 0; n < 100; n++) {
      expect(start({ ip: "192.0.2.1" })).toBe(true);
      complete({ ip: "192.0.2.1" });
    }
    // As much again, and no more, however often somebody gets through.
    expect(startMany(50, () => ({ ip: "192.0.2.1" }))).toBe(20);
  });

  it("gets a fourth of that by answers that belong to nothing", () => {
    const orphans = Array.from({ length: 50 }, () => limit.orphan({ ip: "192.0.2.1", connectionId: "acme" }));
    expect(orphans.filter((wait) => wait === null)).toHaveLength(5);
  });
});

describe("a browser in which somebody has signed in", () => {
  const known = { ip: "192.0.2.1", browser: "known" };

  it("gets on while somebody floods from its own network, for some days and some times", () => {
    start(known);
    complete(known);
    startMany(100, () => ({ ip: "192.0.2.1" }));
    expect(start({ ip: "192.0.2.1", browser: "newcomer" })).toBe(false);
    // Half of each, the way to the IdP, had room left in the network.
    expect(startMany(60, () => known)).toBe(20);
    complete(known);
    clock.pass(3 * 24 * 3_600);
    startMany(100, () => ({ ip: "192.0.2.1" }));
    expect(startMany(60, () => known)).toBe(11);
    complete(known);
    clock.pass(8 * 24 * 3_600);
    startMany(100, () => ({ ip: "192.0.2.1" }));
    expect(startMany(60, () => known)).toBe(0);
  });

  it("gets on at a connection that is full, too", () => {
    start({ ...known, ip: home(1) });
    complete({ ...known, ip: home(1) });
    startMany(500, (n) => ({ ip: home(n % 50) }));
    startMany(500, () => ({ ip: home(99) }));
    expect(start({ ip: home(99) })).toBe(false);
    expect(start({ ...known, ip: home(99) })).toBe(true);
  });
});

it("what a page embeds uses up nothing of what its visitors' network has", () => {
  expect(startMany(50, () => ({ ip: "192.0.2.1", embedded: true }))).toBe(10);
  expect(startMany(50, () => ({ ip: "192.0.2.1" }))).toBe(10);
});

describe("a connection that strangers fill from everywhere", () => {
  it("takes no more from them than the share that each network has, on either way", () => {
    use(USUAL);
    expect(startMany(20_000, (n) => ({ ip: home(n % 5) }))).toBeLessThan(9_100);
    expect(startMany(100, () => ({ ip: home(6) }))).toBe(40);
  });

  it("goes on to take people who have nothing unfinished, and companies whose people get through", () => {
    use(USUAL);
    startMany(20_000, (n) => ({ ip: home(n % 5) }));
    for (let n = 0; n < 2_000; n++) {
      expect(start({ ip: home(1_000 + n) })).toBe(true);
    }
    for (let n = 0; n < 500; n++) {
      expect(start({ ip: "203.0.113.7" })).toBe(true);
      complete({ ip: "203.0.113.7" });
    }
    expect(startMany(500, () => ({ ip: "203.0.113.7" }))).toBe(500);
  });

  it("takes nothing from other connections", () => {
    use(USUAL);
    startMany(20_000, (n) => ({ ip: home(n % 5) }));
    expect(startMany(100, () => ({ ip: home(9), connectionId: "bravo", applicationId: "chat" }))).toBe(100);
  });
});
