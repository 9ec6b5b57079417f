/** Wakes one request that waits. */
export interface Bell {
  /** Whoever waits goes on; where nobody does yet, the next wait ends at once. */
  ring(): void;
  /** Resolves once it has rung since the last wait, or after `ms`, or with the end of `signal`. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export function createBell(): Bell {
  let rung = false;
  let wake: () => void = () => undefined;
  return {
    ring() {
      rung = true;
      wake();
    },
    async wait(ms, signal) {
      let timer: NodeJS.Timeout | undefined;
      if (!rung && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          signal.addEventListener("abort", () => resolve(), { once: true });
          timer = setTimeout(resolve, ms);
        });
      }
      clearTimeout(timer);
      rung = false;
    },
  };
}
