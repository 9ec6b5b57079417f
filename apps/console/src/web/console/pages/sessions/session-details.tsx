import type { Schemas } from "../../../api/client.ts";
import { DetailList } from "../../../components/detail-list.tsx";
import { Id } from "../../../components/id.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { SessionState } from "./session-state.tsx";
import { sessionsTexts } from "./texts.ts";

/** All that is known of one session. */
export function SessionDetails(props: { readonly session: Schemas["Session"]; readonly connection: string }) {
  const { session, connection } = props;
  const texts = useCatalogue(sessionsTexts);
  const { details } = texts;
  return (
    <DetailList
      items={[
        [texts.columns.state, <SessionState key="state" session={session} />],
        ...(session.revokedReason === null
          ? []
          : [[details.reason, <code key="reason">{session.revokedReason}</code>] as const]),
        [details.session, <Id key="id" value={session.id} />],
        [details.user, <Id key="user" value={session.userId} />],
        [texts.columns.connection, connection],
        [details.methods, session.amr.length === 0 ? details.notTold : session.amr.join(", ")],
        [details.context, session.acr ?? details.notTold],
        [
          details.authenticated,
          session.authTime === null ? details.notTold : <Time key="time" at={session.authTime} />,
        ],
        [texts.columns.began, <Time key="began" at={session.createdAt} />],
        [texts.columns.ends, <Time key="ends" at={session.revokedAt ?? session.expiresAt} />],
      ]}
    />
  );
}
