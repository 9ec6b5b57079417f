import { Alert, Text, Title } from "@mantine/core";
import type { Schemas } from "../../../api/client.ts";
import { DetailList } from "../../../components/detail-list.tsx";
import { StateDot } from "../../../components/state-dot.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { applicationsTexts } from "./texts.ts";

type Check = Schemas["ApplicationCheck"];

/** How the application gets on with the gateway: what it last asked, and what went wrong. */
export function IntegrationCheck({ check }: { readonly check: Check }) {
  const texts = useCatalogue(applicationsTexts).check;
  const { lastRequest, lastTokenError, logout } = check;
  return (
    <section>
      <Title order={2} size="h3" mb="md">
        {texts.title}
      </Title>
      {logout.finding !== null && (
        <Alert color="red" variant="light" mb="md">
          {logout.finding}
        </Alert>
      )}
      <DetailList
        items={[
          [texts.request, <LastRequest key="request" request={lastRequest} />],
          [
            texts.token,
            lastTokenError === null ? (
              texts.noToken
            ) : (
              <Text key="token" component="span">
                <Time at={lastTokenError.at} />: <code>{lastTokenError.error}</code> {lastTokenError.reason}
              </Text>
            ),
          ],
          [texts.logout, <Deliveries key="logout" logout={logout} />],
        ]}
      />
    </section>
  );
}

function LastRequest({ request }: { readonly request: Check["lastRequest"] }) {
  const texts = useCatalogue(applicationsTexts).check;
  if (request === null) {
    return texts.noRequest;
  }
  return (
    <>
      <Time at={request.at} />,{" "}
      {request.refused === null ? (
        <StateDot kind="good">{texts.accepted}</StateDot>
      ) : (
        <StateDot kind="bad">{texts.refused(request.refused.error, request.refused.description)}</StateDot>
      )}
    </>
  );
}

function Deliveries({ logout }: { readonly logout: Check["logout"] }) {
  const texts = useCatalogue(applicationsTexts).check;
  if (logout.uri === null) {
    return texts.noLogout;
  }
  if (logout.deliveries.length === 0) {
    return texts.noDelivery;
  }
  if (logout.finding === null) {
    return texts.fine;
  }
  return (
    <ul className="reasons">
      {logout.deliveries.map(({ at, attempt, status, reason }) => (
        <li key={`${at} ${attempt}`}>
          <Time at={at} /> {status ?? ""} {reason ?? ""}
        </li>
      ))}
    </ul>
  );
}
