import { Button, Stack, Text } from "@mantine/core";
import { IconCertificate, IconHistory } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { CodeBlock } from "../../../components/code-block.tsx";
import { type Column, DataTable } from "../../../components/data-table.tsx";
import { DetailList } from "../../../components/detail-list.tsx";
import { EmptyState } from "../../../components/empty-state.tsx";
import { type Filter, FilterBar, NothingMatches, useIsFiltered } from "../../../components/filter-bar.tsx";
import { Id } from "../../../components/id.tsx";
import { usePage } from "../../../components/paging.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { linkWith, useSearchParams } from "../../../components/search-params.ts";
import { SidePanel } from "../../../components/side-panel.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { type AuditEvent, filterOf, type LoadEvents, OUTCOMES } from "./events.ts";
import { saveFile } from "./save-file.ts";
import { auditTexts } from "./texts.ts";

const ACTORS = ["user", "operator", "apiKey", "setupLink", "directory", "system"] as const;

interface AuditTrailProps {
  readonly name: string;
  readonly load: LoadEvents;
  /** Proves an event of an id. */
  readonly prove?: (id: string) => Promise<unknown>;
}

/** A trail, the newest event first, with what each changed. */
export function AuditTrail({ name, load, prove }: AuditTrailProps) {
  const texts = useCatalogue(auditTexts);
  const { params, change } = useSearchParams();
  const filters: Filter[] = [
    { name: "type", label: texts.filters.type },
    {
      name: "actor",
      label: texts.filters.actor,
      options: ACTORS.map((value) => ({ value, label: texts.actors[value] })),
    },
    { name: "actorId", label: texts.filters.actorId },
    { name: "resource", label: texts.filters.resource },
    {
      name: "outcome",
      label: texts.filters.outcome,
      options: OUTCOMES.map((value) => ({ value, label: texts.outcomes[value] })),
    },
    { name: "requestId", label: texts.filters.request },
    { name: "since", label: texts.filters.since },
    { name: "until", label: texts.filters.until },
  ];
  const isFiltered = useIsFiltered(filters);
  const filter = filterOf(params);
  const page = usePage<AuditEvent>(["audit-events", name, filter], (query) => load({ ...filter, ...query }));
  const columns: Column<AuditEvent>[] = [
    { key: "type", header: texts.columns.type, cell: ({ type }) => <code>{type}</code> },
    { key: "actor", header: texts.columns.actor, cell: ({ actor }) => <Actor actor={actor} /> },
    {
      key: "resource",
      header: texts.columns.resource,
      cell: ({ resource }) => (
        <>
          {resource.type} <Id value={resource.id} />
        </>
      ),
      wideOnly: true,
    },
    { key: "time", header: texts.columns.time, cell: ({ createdAt }) => <Time at={createdAt} />, width: 140 },
  ];
  const selected = page.data?.items.find(({ id }) => id === params.event);
  return (
    <>
      <FilterBar filters={filters} />
      <DataTable
        label={texts.title}
        page={page}
        columns={columns}
        rowKey={({ id }) => id}
        rowLink={({ id }) => linkWith({ event: id })}
        selected={params.event}
        empty={
          isFiltered ? (
            <NothingMatches filters={filters} />
          ) : (
            <EmptyState
              icon={<IconHistory size={20} aria-hidden />}
              title={texts.empty.title}
              text={texts.empty.text}
            />
          )
        }
      />
      <SidePanel
        title={<code>{selected?.type}</code>}
        opened={selected !== undefined}
        onClose={() => change({ event: undefined })}
      >
        {selected !== undefined && (
          <>
            <EventDetails event={selected} />
            {prove !== undefined && (
              <Proof key={selected.id} prove={() => prove(selected.id)} id={selected.id} />
            )}
          </>
        )}
      </SidePanel>
    </>
  );
}

function Actor({ actor }: Pick<AuditEvent, "actor">) {
  const texts = useCatalogue(auditTexts);
  const type = ACTORS.find((known) => known === actor.type);
  return (
    <>
      {type === undefined ? actor.type : texts.actors[type]} {actor.id !== null && <Id value={actor.id} />}
    </>
  );
}

function EventDetails({ event }: { readonly event: AuditEvent }) {
  const texts = useCatalogue(auditTexts);
  const { details } = texts;
  const bodies = [
    [details.before, event.before],
    [details.after, event.after],
    [details.data, event.data],
  ] as const;
  return (
    <Stack>
      <DetailList
        items={[
          [texts.columns.time, <Time key="time" at={event.createdAt} />],
          [details.sequence, event.sequence ?? details.soon],
          [texts.columns.actor, <Actor key="actor" actor={event.actor} />],
          [
            texts.columns.resource,
            <span key="resource">
              {event.resource.type} <Id value={event.resource.id} />
            </span>,
          ],
          [details.outcome, event.outcome],
          ...(event.ip === null ? [] : [[details.ip, event.ip] as const]),
          ...(event.requestId === null
            ? []
            : [[details.request, <Id key="request" value={event.requestId} />] as const]),
        ]}
      />
      {bodies.map(([label, body]) =>
        isNothing(body) ? null : (
          <div key={label}>
            <Text size="sm" c="dimmed" mb={4}>
              {label}
            </Text>
            <CodeBlock label={label} code={JSON.stringify(body, null, 2)} />
          </div>
        ),
      )}
    </Stack>
  );
}

function Proof({ id, prove }: { readonly id: string; readonly prove: () => Promise<unknown> }) {
  const { details } = useCatalogue(auditTexts);
  const download = useMutation({
    mutationFn: prove,
    onSuccess: (proof) =>
      saveFile(new Blob([JSON.stringify(proof, null, 2)], { type: "application/json" }), `proof-${id}.json`),
  });
  return (
    <Stack gap="xs" mt="md" align="start">
      <Button
        variant="default"
        leftSection={<IconCertificate size={16} aria-hidden />}
        loading={download.isPending}
        onClick={() => download.mutate()}
      >
        {details.proof}
      </Button>
      <Text size="sm" c="dimmed">
        {details.proofHelp}
      </Text>
      {download.error !== null && <ProblemAlert error={download.error} />}
    </Stack>
  );
}

const isNothing = (body: unknown) =>
  body === null || body === undefined || (typeof body === "object" && Object.keys(body).length === 0);
