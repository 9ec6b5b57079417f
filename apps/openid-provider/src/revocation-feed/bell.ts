import type { RevocationFollower } from "@sallyport/sessions";

/** Wakes one request when sessions of its application ended. */
export interface Bell {
  /** Resolves once it has rung since the last wait, or after `ms`, or with the end of `signal`. */
  wait(ms: number): Promise<void>;
  close(): void;
}

/** It rings also when it may have missed something. Whoever is woken looks, and may find nothing. */
export function createBell(follower: RevocationFollower, applicationId: string, signal: AbortSignal): Bell {
  let rung = false;
  let wake: () => void = () => undefined;
  const ring = () => {
    rung = true;
    wake();
  };
  const stop = follower.onHeard((heard) => {
    if (heard === "unknown" || heard.some((end) => end.applicationId === applicationId)) {
      ring();
    }
  });
  return {
    async wait(ms) {
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
    close: stop,
  };
}
