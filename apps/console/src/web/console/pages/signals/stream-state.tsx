import { StateDot } from "../../../components/state-dot.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { kindOf, type Stream } from "./stream.ts";
import { signalsTexts } from "./texts.ts";

/** How a stream gets on. */
export function StreamState({ stream }: { readonly stream: Stream }) {
  const texts = useCatalogue(signalsTexts).states;
  return <StateDot kind={kindOf(stream)}>{texts[stream.state]}</StateDot>;
}
