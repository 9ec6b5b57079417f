import type { Schemas } from "../../../api/client.ts";
import { StateDot } from "../../../components/state-dot.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { sessionsTexts } from "./texts.ts";

/** Whether a session holds. */
export function SessionState({ session }: { readonly session: Schemas["Session"] }) {
  const texts = useCatalogue(sessionsTexts);
  if (session.live) {
    return <StateDot kind="good">{texts.live}</StateDot>;
  }
  return <StateDot kind="neutral">{session.revokedAt === null ? texts.expired : texts.revoked}</StateDot>;
}
