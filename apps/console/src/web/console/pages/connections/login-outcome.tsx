import type { Schemas } from "../../../api/client.ts";
import { StateDot } from "../../../components/state-dot.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { loginTexts } from "./login-texts.ts";

const KINDS = { started: "neutral", success: "good", failure: "bad" } as const;

/** How an attempt to sign in ended. */
export function LoginOutcome({ outcome }: Pick<Schemas["LoginRecordSummary"], "outcome">) {
  const texts = useCatalogue(loginTexts);
  return <StateDot kind={KINDS[outcome]}>{texts.outcome[outcome]}</StateDot>;
}
