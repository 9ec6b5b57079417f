import { Button, Group, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ConfirmDanger } from "../../../components/confirm-danger.tsx";
import { DetailList } from "../../../components/detail-list.tsx";
import { useSearchParams } from "../../../components/search-params.ts";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { isOfCollector, type Stream, useOwner } from "./owner.ts";
import { StreamState } from "./stream-state.tsx";
import { auditStreamsTexts } from "./texts.ts";

/** One stream: how far it is, why it is no further, and what can be done. */
export function StreamDetails({ stream }: { readonly stream: Stream }) {
  const texts = useCatalogue(auditStreamsTexts);
  const { details } = texts;
  const { mayWrite } = useOwner();
  const { lag, lastDeliveredAt, failingSince, lastError, nextAttemptAt } = stream;
  return (
    <Stack>
      <DetailList
        items={[
          [details.destination, `${texts.types[stream.destination.type]} · ${addressOf(stream)}`],
          [details.state, <StreamState key="state" stream={stream} />],
          [details.waiting, texts.events(lag.events)],
          ...(lag.since === null ? [] : ([[details.oldest, <Time key="oldest" at={lag.since} />]] as const)),
          [details.delivered, texts.events(stream.delivered)],
          [details.last, lastDeliveredAt === null ? texts.never : <Time key="last" at={lastDeliveredAt} />],
          ...(failingSince === null
            ? []
            : ([
                [details.failing, <Time key="failing" at={failingSince} />],
                [details.error, lastError],
                [details.next, nextAttemptAt === null ? "" : <Time key="next" at={nextAttemptAt} />],
              ] as const)),
        ]}
      />
      {!isOfCollector(stream) && (
        <Text size="sm">{stream.enabled ? details.ofEnvironment : details.ofEarlierEnvironment}</Text>
      )}
      {mayWrite && <Acts stream={stream} />}
    </Stack>
  );
}

function addressOf({ destination }: Stream): string {
  switch (destination.type) {
    case "splunk":
    case "http":
      return destination.url;
    case "datadog":
      return destination.url ?? destination.site;
    case "s3":
      return `${destination.endpoint}/${destination.bucket}/${destination.prefix}`;
    case "clickhouse":
      return `${destination.url}/${destination.database}`;
  }
}

function Acts({ stream }: { readonly stream: Stream }) {
  const texts = useCatalogue(auditStreamsTexts);
  const { danger, details } = texts;
  const { streams } = useOwner();
  const { change } = useSearchParams();
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: ["audit-streams"] });
  const onError = (error: Error) => notifications.show({ color: "red", message: error.message });
  const test = useMutation({
    mutationFn: () => streams.test(stream.id),
    onSuccess: () => {
      notifications.show({ message: details.tested });
      return refresh();
    },
    onError,
  });
  const enable = useMutation({
    mutationFn: () => streams.update(stream.id, { enabled: true }),
    onSuccess: refresh,
    onError,
  });
  const ofEnvironment = !isOfCollector(stream);
  return (
    <Group>
      {stream.enabled && (
        <Button loading={test.isPending} onClick={() => test.mutate()}>
          {details.test}
        </Button>
      )}
      {stream.enabled && !ofEnvironment && (
        <ConfirmDanger
          label={danger.disable}
          title={danger.disableTitle(stream.name)}
          effect={danger.disableEffect}
          act={danger.disable}
          run={() => streams.update(stream.id, { enabled: false }).then(refresh)}
        />
      )}
      {!stream.enabled && !ofEnvironment && (
        <Button loading={enable.isPending} onClick={() => enable.mutate()}>
          {details.enable}
        </Button>
      )}
      {!ofEnvironment && (
        <Button variant="default" onClick={() => change({ panel: "edit" })}>
          {details.edit}
        </Button>
      )}
      {!(stream.enabled && ofEnvironment) && (
        <ConfirmDanger
          label={danger.remove}
          title={danger.removeTitle(stream.name)}
          effect={danger.removeEffect(stream.lag.events)}
          act={danger.remove}
          nameToType={stream.name}
          run={async () => {
            await streams.remove(stream.id);
            change({ stream: undefined });
            await refresh();
          }}
        />
      )}
    </Group>
  );
}
