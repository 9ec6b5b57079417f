import { StateDot } from "../../../components/state-dot.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import type { Stream } from "./owner.ts";
import { auditStreamsTexts } from "./texts.ts";

/** How a stream gets on. */
export function StreamState({ stream }: { readonly stream: Stream }) {
  const texts = useCatalogue(auditStreamsTexts).states;
  if (!stream.enabled) {
    return <StateDot kind="neutral">{texts.disabled}</StateDot>;
  }
  return stream.failingSince === null ? (
    <StateDot kind="good">{texts.delivering}</StateDot>
  ) : (
    <StateDot kind="bad">{texts.failing}</StateDot>
  );
}
