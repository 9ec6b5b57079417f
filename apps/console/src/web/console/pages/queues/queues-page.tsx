import { Button, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { type Column, DataTable } from "../../../components/data-table.tsx";
import { PageHeader } from "../../../components/page-header.tsx";
import { StateDot } from "../../../components/state-dot.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useMay } from "../../session.ts";
import { queuesTexts } from "./texts.ts";

type Queue = Schemas["QueueHealth"]["queues"][number];
type Failure = Schemas["QueueHealth"]["failures"][number];

const KEY = ["queues"];
const READ_EVERY_MS = 5_000;

const healthQuery = queryOptions({
  queryKey: KEY,
  queryFn: () => dataOf(api.GET("/health/queues")),
});

/** What the workers still have to do, and what failed. */
export function QueuesPage() {
  const texts = useCatalogue(queuesTexts);
  const mayRetry = useMay("queues.write");
  const health = useQuery({ ...healthQuery, refetchInterval: READ_EVERY_MS });
  const queues = useQuery({
    ...healthQuery,
    select: (data) => ({ items: data.queues, nextCursor: null }),
  });
  const failures = useQuery({
    ...healthQuery,
    select: (data) => ({ items: data.failures, nextCursor: null }),
  });
  const columns: Column<Queue>[] = [
    { key: "name", header: texts.columns.name, cell: ({ name }) => name },
    { key: "waiting", header: texts.columns.waiting, cell: ({ waiting }) => waiting, align: "right" },
    { key: "active", header: texts.columns.active, cell: ({ active }) => active, align: "right" },
    {
      key: "delayed",
      header: texts.columns.delayed,
      cell: ({ delayed }) => delayed,
      align: "right",
      wideOnly: true,
    },
    {
      key: "failed",
      header: texts.columns.failed,
      cell: ({ failed }) => (failed === 0 ? 0 : <StateDot kind="bad">{failed}</StateDot>),
      align: "right",
    },
  ];
  const failureColumns: Column<Failure>[] = [
    { key: "job", header: texts.failures.columns.job, cell: ({ queue, job }) => `${queue}: ${job}` },
    { key: "reason", header: texts.failures.columns.reason, cell: ({ reason }) => reason },
    {
      key: "attempts",
      header: texts.failures.columns.attempts,
      cell: ({ attempts }) => attempts,
      align: "right",
      wideOnly: true,
    },
    {
      key: "at",
      header: texts.failures.columns.at,
      cell: ({ failedAt }) => (failedAt === null ? "" : <Time at={failedAt} />),
      width: 140,
      wideOnly: true,
    },
  ];
  return (
    <>
      <PageHeader title={texts.title} lead={texts.lead} />
      {health.data !== undefined && (
        <Text mb="md" role="status">
          {texts.lag(health.data.reconciler.pending, health.data.reconciler.lagSeconds)}
        </Text>
      )}
      <DataTable
        label={texts.title}
        page={queues}
        columns={columns}
        rowKey={({ name }) => name}
        {...(mayRetry ? { acts: (queue: Queue) => <Retry queue={queue} /> } : {})}
        empty={null}
      />
      <Title order={2} size="h3" mt="xl">
        {texts.failures.title}
      </Title>
      <Text c="dimmed" mb="md">
        {texts.failures.lead}
      </Text>
      <DataTable
        label={texts.failures.title}
        page={failures}
        columns={failureColumns}
        rowKey={({ queue, job, failedAt, data }) => JSON.stringify([queue, job, failedAt, data])}
        empty={<Text>{texts.failures.none}</Text>}
      />
    </>
  );
}

function Retry({ queue }: { readonly queue: Queue }) {
  const texts = useCatalogue(queuesTexts);
  const queries = useQueryClient();
  const retry = useMutation({
    mutationFn: () => dataOf(api.POST("/health/queues/retry", { body: { queue: queue.name } })),
    onSuccess: ({ jobs }) => {
      notifications.show({ message: texts.retried(jobs) });
      return queries.invalidateQueries({ queryKey: KEY });
    },
    onError: (error) => {
      notifications.show({ color: "red", message: error.message });
    },
  });
  if (queue.failed === 0) {
    return null;
  }
  return (
    <Button size="compact-xs" variant="default" loading={retry.isPending} onClick={() => retry.mutate()}>
      {texts.retry}
    </Button>
  );
}
