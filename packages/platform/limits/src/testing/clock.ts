/** A clock that a test moves. */
export function createClock(): { now: () => Date; pass: (seconds: number) => void } {
  let at = Date.parse("2030-01-07T09:00:00Z");
  return {
    now: () => new Date(at),
    pass: (seconds) => {
      at += seconds * 1000;
    },
  };
}
