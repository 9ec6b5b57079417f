import { Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { ConfirmDanger } from "../../../components/confirm-danger.tsx";
import { DetailList } from "../../../components/detail-list.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { StateDot } from "../../../components/state-dot.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { MakeStream } from "./make-stream.tsx";
import { connectionSignalsTexts } from "./signals-texts.ts";

type State = Schemas["ConnectionSignals"];

/** An event that comes is seen to come. */
const LOOK_AGAIN_MS = 5_000;

/** How events come, what went wrong, and the stream at the identity provider. */
export function SignalState({ connectionId }: { readonly connectionId: string }) {
  const texts = useCatalogue(connectionSignalsTexts);
  const mayWrite = useMay("connections.write");
  const { slug } = useOrganization();
  const params = { path: { org: slug, connectionId } };
  const state = useQuery({
    queryKey: ["connections", slug, connectionId, "signals"],
    queryFn: () => dataOf(api.GET("/organizations/{org}/connections/{connectionId}/signals", { params })),
    refetchInterval: LOOK_AGAIN_MS,
  });
  if (state.isError) {
    return <ProblemAlert error={state.error} onRetry={() => void state.refetch()} />;
  }
  if (state.data === undefined) {
    return <Skeleton height={160} />;
  }
  const { data } = state;
  return (
    <Stack>
      <Facts state={data} />
      {mayWrite && <Acts state={data} connectionId={connectionId} />}
      {data.transmitter?.makesStreams === false && <Text>{texts.noStreams}</Text>}
      {mayWrite && data.transmitter?.makesStreams !== false && (
        <MakeStream connectionId={connectionId} isThere={data.streamId !== null} />
      )}
    </Stack>
  );
}

function Facts({ state }: { readonly state: State }) {
  const texts = useCatalogue(connectionSignalsTexts);
  const { mode, streamId, status, statusReason, lastError, verificationRequestedAt, lastVerifiedAt } = state;
  const isAwaited =
    verificationRequestedAt !== null && (lastVerifiedAt === null || lastVerifiedAt < verificationRequestedAt);
  const time = (at: string | null) => (at === null ? texts.state.never : <Time at={at} />);
  const facts: (readonly [string, ReactNode])[] = [
    [texts.state.how, mode === "poll" ? texts.state.poll : texts.state.push],
    [texts.state.stream, streamId === null ? texts.state.byHand : <code key="stream">{streamId}</code>],
    ...(streamId === null
      ? []
      : ([
          [
            texts.state.status,
            <div key="status">
              {status === null ? (
                texts.state.unknown
              ) : (
                <StateDot kind={status === "enabled" ? "good" : "bad"}>
                  {texts.state.statuses[status]}
                </StateDot>
              )}
              {statusReason !== null && <Text>{statusReason}</Text>}
              {status !== null && status !== "enabled" && <Text size="sm">{texts.stoppedAdvice}</Text>}
            </div>,
          ],
          [
            texts.state.verified,
            <div key="verified">
              {time(lastVerifiedAt)}
              {isAwaited && (
                <Text size="sm">
                  {texts.state.awaiting} <Time at={verificationRequestedAt} />
                </Text>
              )}
            </div>,
          ],
        ] as const)),
    [texts.state.received, time(state.lastReceivedAt)],
    ...(mode === "poll" ? [[texts.state.polled, time(state.lastPolledAt)] as const] : []),
    ...(lastError === null
      ? []
      : [[texts.state.error, <LastError key="error" error={lastError} />] as const]),
    [texts.state.checked, time(state.checkedAt)],
  ];
  return <DetailList items={facts} />;
}

function LastError({ error }: { readonly error: NonNullable<State["lastError"]> }) {
  const { advice } = useCatalogue(connectionSignalsTexts);
  const known = Object.entries(advice).find(([code]) => code === error.code);
  return (
    <>
      <Time at={error.at} />: {error.message}
      {known !== undefined && <Text size="sm">{known[1]}</Text>}
    </>
  );
}

function Acts({ state, connectionId }: { readonly state: State; readonly connectionId: string }) {
  const texts = useCatalogue(connectionSignalsTexts);
  const { slug } = useOrganization();
  const queries = useQueryClient();
  const params = { path: { org: slug, connectionId } };
  // Also of what failed: the state tells why.
  const refresh = () =>
    queries.invalidateQueries({ queryKey: ["connections", slug, connectionId, "signals"] });
  const onError = (error: Error) => {
    notifications.show({ color: "red", message: error.message });
    return refresh();
  };
  const check = useMutation({
    mutationFn: () =>
      dataOf(api.POST("/organizations/{org}/connections/{connectionId}/signals/check", { params })),
    onSuccess: refresh,
    onError,
  });
  const verify = useMutation({
    mutationFn: () =>
      dataOf(api.POST("/organizations/{org}/connections/{connectionId}/signals/stream/verify", { params })),
    onSuccess: () => {
      notifications.show({ message: texts.verifying });
      return refresh();
    },
    onError,
  });
  return (
    <Group gap="xs">
      <Button variant="default" loading={check.isPending} onClick={() => check.mutate()}>
        {texts.check}
      </Button>
      {state.streamId !== null && (
        <>
          <Button variant="default" loading={verify.isPending} onClick={() => verify.mutate()}>
            {texts.verify}
          </Button>
          <ConfirmDanger
            label={texts.remove}
            title={texts.removeTitle}
            effect={texts.removeEffect}
            act={texts.remove}
            run={async () => {
              await dataOf(
                api.DELETE("/organizations/{org}/connections/{connectionId}/signals/stream", { params }),
              );
              await refresh();
            }}
          />
        </>
      )}
    </Group>
  );
}
