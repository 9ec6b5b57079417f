import type { Schemas } from "../../../api/client.ts";
import type { StateKind } from "../../../components/state-dot.tsx";
import type { SignalsTexts } from "./texts.ts";

export type Stream = Schemas["SignalStream"];

/** A stream that fails, or has caught up, is seen so within this time. */
export const REFRESH_MS = 5_000;

/** What its application calls it; else where it goes. */
export function nameOf({ description, delivery }: Stream, texts: SignalsTexts): string {
  if (description !== null && description.trim() !== "") {
    return description;
  }
  return delivery.endpointUrl === null ? texts.polled : hostOf(delivery.endpointUrl);
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

export function kindOf({ state, statusBy }: Stream): StateKind {
  switch (state) {
    case "delivering":
      return "good";
    case "failing":
    case "stalled":
      return "warning";
    default:
      return statusBy === "gateway" ? "bad" : "neutral";
  }
}

type Advice = keyof SignalsTexts["advice"];

/** What can be done about the last error, by the HTTP status of the answer. */
export function adviceOn({ lastError, delivery, failedAttempts }: Stream): Advice | null {
  if (lastError === null || delivery.method === "poll") {
    return lastError === null ? null : "refused";
  }
  const { status } = lastError;
  if (status === null) {
    return "unreachable";
  }
  if (status === 400 && failedAttempts === 0) {
    return "refused";
  }
  if (status < 400) {
    return "redirected";
  }
  if (status === 401 || status === 403) {
    return "unauthorized";
  }
  if (status === 404 || status === 405 || status === 410) {
    return "notFound";
  }
  return status === 429 || status >= 500 ? "overloaded" : "badRequest";
}
