import { Tooltip } from "@mantine/core";
import { useSyncExternalStore } from "react";
import { useLanguage } from "../texts/language.tsx";
import { relativeTime } from "./relative-time.ts";

// One clock for every time on the page, so that a table does not set a timer for each row.
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const tell of listeners) {
      tell();
    }
  }, 30_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** A time as people say it; the exact one, in the viewer's zone, on hover. */
export function Time({ at }: { readonly at: string }) {
  const { language } = useLanguage();
  const current = useSyncExternalStore(subscribe, () => now);
  const date = new Date(at);
  const exact = date.toLocaleString(language, { dateStyle: "full", timeStyle: "long" });
  // What was made after the clock last ticked is no time "in 20 seconds".
  const said = relativeTime(
    date.getTime(),
    Math.max(current, Math.min(date.getTime(), Date.now())),
    language,
  );
  return (
    <Tooltip label={exact}>
      <time dateTime={at} className="time">
        {said}
      </time>
    </Tooltip>
  );
}
