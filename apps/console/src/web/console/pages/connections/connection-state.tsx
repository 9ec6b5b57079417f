import { StateDot } from "../../../components/state-dot.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import type { Connection } from "./connection.ts";
import { connectionsTexts } from "./texts.ts";

/** Whether people can sign in by a connection. */
export function ConnectionState({ connection: { status } }: { readonly connection: Connection }) {
  const texts = useCatalogue(connectionsTexts);
  return <StateDot kind={status === "active" ? "good" : "neutral"}>{texts[status]}</StateDot>;
}
