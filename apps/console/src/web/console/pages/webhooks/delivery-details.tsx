import { Button, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { CodeBlock } from "../../../components/code-block.tsx";
import { DetailList } from "../../../components/detail-list.tsx";
import { Id } from "../../../components/id.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { StateDot } from "../../../components/state-dot.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { DeliveryState } from "./delivery-state.tsx";
import { webhooksTexts } from "./texts.ts";

type Attempt = Schemas["WebhookDeliveryDetails"]["attemptsMade"][number];

interface DeliveryDetailsProps {
  readonly endpointId: string;
  readonly deliveryId: string;
  readonly mayReplay: boolean;
}

/** One delivery: what is sent, and each attempt with what came back. */
export function DeliveryDetails({ endpointId, deliveryId, mayReplay }: DeliveryDetailsProps) {
  const texts = useCatalogue(webhooksTexts).deliveries;
  const queries = useQueryClient();
  const params = { path: { webhookEndpointId: endpointId, deliveryId } };
  const delivery = useQuery({
    queryKey: ["webhooks", endpointId, "delivery", deliveryId],
    queryFn: () =>
      dataOf(api.GET("/webhook-endpoints/{webhookEndpointId}/deliveries/{deliveryId}", { params })),
  });
  const replay = useMutation({
    mutationFn: () =>
      dataOf(api.POST("/webhook-endpoints/{webhookEndpointId}/deliveries/{deliveryId}/replay", { params })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["webhooks", endpointId] }),
  });
  if (delivery.isError) {
    return <ProblemAlert error={delivery.error} onRetry={() => void delivery.refetch()} />;
  }
  if (delivery.data === undefined) {
    return <Skeleton height={240} />;
  }
  const { data } = delivery;
  return (
    <Stack>
      <DetailList
        items={[
          [texts.type, <code key="type">{data.type}</code>],
          [texts.status, <DeliveryState key="state" delivery={data} />],
          ...(data.lastError === null ? [] : [[texts.error, data.lastError] as const]),
          ...(data.nextAttemptAt === null
            ? []
            : [[texts.next, <Time key="next" at={data.nextAttemptAt} />] as const]),
          [texts.id, <Id key="id" value={data.id} />],
          [texts.event, <Id key="event" value={data.eventId} />],
          [texts.at, <Time key="at" at={data.createdAt} />],
        ]}
      />
      {replay.isError && <ProblemAlert error={replay.error} />}
      {mayReplay && !data.held && (
        <div>
          <Button variant="default" loading={replay.isPending} onClick={() => replay.mutate()}>
            {data.status === "pending" ? texts.sendNow : texts.replay}
          </Button>
        </div>
      )}
      {data.requestBody === null ? (
        <Text c="dimmed">{texts.eventGone}</Text>
      ) : (
        <Part label={texts.sent} code={indented(data.requestBody)} />
      )}
      {data.attemptsMade.map((attempt) => (
        <AttemptMade key={attempt.number} attempt={attempt} />
      ))}
    </Stack>
  );
}

function AttemptMade({ attempt }: { readonly attempt: Attempt }) {
  const texts = useCatalogue(webhooksTexts).deliveries;
  const { number, at, status, error, response, requestHeaders, durationMs } = attempt;
  const headers = Object.entries(requestHeaders).map(([name, value]) => `${name}: ${value}`);
  return (
    <section aria-label={texts.attempt(number)}>
      <Title order={3} size="h4" mb="xs">
        {texts.attempt(number)}
      </Title>
      <DetailList
        items={[
          [
            texts.answer,
            <StateDot key="answer" kind={error === null ? "good" : "bad"}>
              {status ?? error}
            </StateDot>,
          ],
          [texts.took, `${durationMs} ms`],
          [texts.at, <Time key="at" at={at} />],
        ]}
      />
      <Stack gap="sm">
        <Part label={texts.headers} code={headers.join("\n")} />
        {response !== null && response !== "" && <Part label={texts.response} code={response} />}
      </Stack>
    </section>
  );
}

function Part({ label, code }: { readonly label: string; readonly code: string }) {
  return (
    <div>
      <Text fw={600} mb={4}>
        {label}
      </Text>
      <CodeBlock label={label} code={code} />
    </div>
  );
}

function indented(json: string): string {
  return JSON.stringify(JSON.parse(json), null, 2);
}
