import { Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { DetailList } from "../../../components/detail-list.tsx";
import { Id } from "../../../components/id.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { StateDot, type StateKind } from "../../../components/state-dot.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useMay } from "../../session.ts";
import { adviceOn } from "./stream.ts";
import { StreamActs } from "./stream-acts.tsx";
import { StreamState } from "./stream-state.tsx";
import { type SignalsTexts, shortType, signalsTexts } from "./texts.ts";

type Details = Schemas["SignalStreamDetails"];
type Delivery = Details["deliveries"][number];

/** An event that is on its way is seen to arrive. */
const LOOK_AGAIN_MS = 2_000;

/** One stream: how it gets on, what to do about it, and what became of the last events. */
export function StreamDetails(props: { readonly applicationId: string; readonly streamId: string }) {
  const { applicationId, streamId } = props;
  const texts = useCatalogue(signalsTexts);
  const mayWrite = useMay("applications.write");
  const stream = useQuery({
    queryKey: ["signals", applicationId, streamId],
    queryFn: () =>
      dataOf(
        api.GET("/applications/{applicationId}/signal-streams/{signalStreamId}", {
          params: { path: { applicationId, signalStreamId: streamId } },
        }),
      ),
    refetchInterval: LOOK_AGAIN_MS,
  });
  if (stream.isError) {
    return <ProblemAlert error={stream.error} onRetry={() => void stream.refetch()} />;
  }
  if (stream.data === undefined) {
    return <Skeleton height={240} />;
  }
  return (
    <Stack>
      <DetailList items={factsOf(stream.data, texts)} />
      {mayWrite && <StreamActs stream={stream.data} />}
      <Deliveries stream={stream.data} />
    </Stack>
  );
}

function factsOf(stream: Details, texts: SignalsTexts): readonly (readonly [string, ReactNode])[] {
  const { details } = texts;
  const { delivery, waiting, lastDeliveredAt, nextAttemptAt, eventsDelivered, excludedSubjects } = stream;
  const why = whyOf(stream, details);
  const time = (name: string, at: string | null): (readonly [string, ReactNode])[] =>
    at === null ? [] : [[name, <Time key={name} at={at} />]];
  return [
    [
      details.state,
      <div key="state">
        <StreamState stream={stream} />
        {why !== null && <Text size="sm">{why}</Text>}
      </div>,
    ],
    ...(stream.statusReason === null || stream.statusBy === "gateway"
      ? []
      : [[details.reason, stream.statusReason] as const]),
    [details.waiting, texts.events(waiting.events)],
    ...time(details.oldest, waiting.since),
    [details.last, lastDeliveredAt === null ? texts.never : <Time key="last" at={lastDeliveredAt} />],
    ...(stream.lastError === null
      ? []
      : [[details.error, <LastError key="error" stream={stream} error={stream.lastError} />] as const]),
    ...time(details.next, nextAttemptAt),
    [details.delivery, delivery.endpointUrl === null ? details.poll : details.push(delivery.endpointUrl)],
    [
      details.told,
      eventsDelivered.length === 0 ? details.toldNothing : eventsDelivered.map(shortType).join(", "),
    ],
    ...(excludedSubjects === 0 ? [] : [[details.excluded, details.subjects(excludedSubjects)] as const]),
    [details.id, <Id key="id" value={stream.id} />],
    ...time(details.made, stream.createdAt),
  ];
}

/** Who stopped it, or what is not as it should be though nothing fails. */
function whyOf({ status, state, statusBy }: Details, texts: SignalsTexts["details"]): string | null {
  if (status === "enabled") {
    return state === "stalled" ? texts.stalled : null;
  }
  if (statusBy === "gateway") {
    return status === "paused" ? texts.by.gatewayPaused : texts.by.gatewayDisabled;
  }
  return texts.by[statusBy];
}

function LastError(props: { readonly stream: Details; readonly error: NonNullable<Details["lastError"]> }) {
  const { advice } = useCatalogue(signalsTexts);
  const { error, stream } = props;
  const what = adviceOn(stream);
  return (
    <>
      <Time at={error.at} />: {error.message}
      {what !== null && <Text size="sm">{advice[what]}</Text>}
    </>
  );
}

const KINDS: Readonly<Record<Delivery["state"], StateKind>> = {
  waiting: "neutral",
  delivered: "good",
  refused: "bad",
};

function Deliveries({ stream }: { readonly stream: Details }) {
  const texts = useCatalogue(signalsTexts).details;
  const { deliveries, status } = stream;
  return (
    <section aria-labelledby="signal-deliveries">
      <Title order={3} size="h4" id="signal-deliveries" mb="xs">
        {texts.deliveries}
      </Title>
      {deliveries.length === 0 ? (
        <Text c="dimmed">
          {texts.noDeliveries} {status === "enabled" && texts.verifyAdvice}
        </Text>
      ) : (
        <ul className="facts">
          {deliveries.map(({ jti, types, state, tries, at, error }) => (
            <li key={jti}>
              <code>{types.map(shortType).join(", ")}</code>
              <StateDot kind={KINDS[state]}>
                {texts.deliveryStates[state]}
                {error === null ? "" : ` (${error})`}
              </StateDot>
              <Text component="span" size="sm" c="dimmed">
                <Time at={at} />
                {tries === null || tries === 0 ? "" : `, ${texts.tries(tries)}`}
              </Text>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
