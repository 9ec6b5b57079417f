import type { Job, JobDeclaration, KeyedJob } from "../declaration.ts";

/** What the jobs of these tests do. */
export interface TestServices {
  readonly look: (thing: string) => Promise<"done" | "more">;
  readonly first: () => Promise<void>;
  readonly second: () => Promise<void>;
  readonly tick: () => Promise<void>;
  readonly tock: () => Promise<void>;
  readonly chime: () => Promise<void>;
  readonly start: () => Promise<void>;
}

/** Services that do nothing. */
export const idle: TestServices = {
  look: async () => "done",
  first: async () => undefined,
  second: async () => undefined,
  tick: async () => undefined,
  tock: async () => undefined,
  chime: async () => undefined,
  start: async () => undefined,
};

const HOUR_MS = 3_600_000;

/** Looks at one thing of many. */
export const look: KeyedJob<TestServices> = {
  name: "look",
  key: "thing",
  concurrency: 4,
  attempts: 3,
  run: ({ look }, thing) => look(thing),
};

export const first: Job<TestServices> = { name: "first", run: ({ first }) => first() };
export const second: Job<TestServices> = { name: "second", run: ({ second }) => second() };

const byTheClock = (name: "tick" | "tock" | "chime" | "start", atStart = false): Job<TestServices> => ({
  name,
  queue: "clock",
  schedule: { everyMs: HOUR_MS, atStart },
  run: (services) => services[name](),
});

export const jobs: readonly JobDeclaration<TestServices>[] = [
  look,
  first,
  second,
  byTheClock("tick"),
  byTheClock("tock"),
  byTheClock("chime"),
  byTheClock("start", true),
];
