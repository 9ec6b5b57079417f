import { StateDot } from "../../../components/state-dot.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import type { Endpoint } from "./queries.ts";
import { webhooksTexts } from "./texts.ts";

/** How an endpoint gets on. */
export function EndpointState({ endpoint }: { readonly endpoint: Endpoint }) {
  const texts = useCatalogue(webhooksTexts).states;
  if (endpoint.status !== "enabled") {
    const kind = endpoint.status === "disabled" ? "neutral" : "bad";
    return <StateDot kind={kind}>{texts[endpoint.status]}</StateDot>;
  }
  return endpoint.failingSince === null ? (
    <StateDot kind="good">{texts.enabled}</StateDot>
  ) : (
    <StateDot kind="warning">{texts.failing}</StateDot>
  );
}
