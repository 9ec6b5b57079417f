import { StateDot } from "../../../components/state-dot.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import type { Delivery } from "./queries.ts";
import { webhooksTexts } from "./texts.ts";

type State = Pick<Delivery, "status" | "held" | "attempts" | "lastStatus">;

/** What became of a delivery, with the last answer's status. */
export function DeliveryState({ delivery }: { readonly delivery: State }) {
  const texts = useCatalogue(webhooksTexts).deliveries.states;
  const { status, held, attempts, lastStatus } = delivery;
  const answered = lastStatus === null ? "" : ` · ${lastStatus}`;
  if (status === "pending") {
    return attempts === 0 || held ? (
      <StateDot kind="neutral">{held ? texts.held : texts.pending}</StateDot>
    ) : (
      <StateDot kind="warning">
        {texts.retrying}
        {answered}
      </StateDot>
    );
  }
  return (
    <StateDot kind={status === "delivered" ? "good" : "bad"}>
      {texts[status]}
      {answered}
    </StateDot>
  );
}
