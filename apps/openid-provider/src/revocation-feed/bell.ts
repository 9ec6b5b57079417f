import { type Bell, createBell } from "@sallyport/http";
import type { RevocationFollower } from "@sallyport/sessions";

/** Rings when sessions of one application ended. */
export interface RevocationBell extends Pick<Bell, "wait"> {
  close(): void;
}

/** It rings also when it may have missed something. Whoever is woken looks, and may find nothing. */
export function createRevocationBell(follower: RevocationFollower, applicationId: string): RevocationBell {
  const { ring, wait } = createBell();
  const close = follower.onHeard((heard) => {
    if (heard === "unknown" || heard.some((end) => end.applicationId === applicationId)) {
      ring();
    }
  });
  return { wait, close };
}
