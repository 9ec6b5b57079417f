import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { IconWorld } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { ConfirmDanger } from "../../../components/confirm-danger.tsx";
import { CopyField } from "../../../components/copy-field.tsx";
import { CreateButton } from "../../../components/create-button.tsx";
import { type Column, DataTable } from "../../../components/data-table.tsx";
import { DomainCheck } from "../../../components/domain-check.tsx";
import { fieldError, unshownError } from "../../../components/draft.ts";
import { EmptyState } from "../../../components/empty-state.tsx";
import { ListHead } from "../../../components/list-head.tsx";
import { usePage } from "../../../components/paging.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { linkWith, useSearchParams } from "../../../components/search-params.ts";
import { SidePanel } from "../../../components/side-panel.tsx";
import { StateDot } from "../../../components/state-dot.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { settingsTexts } from "./texts.ts";

type Domain = Schemas["Domain"];

/** The organization's email domains, each with the record that proves it. */
export function DomainsPage() {
  const texts = useCatalogue(settingsTexts).domains;
  const { slug } = useOrganization();
  const { params, change } = useSearchParams();
  const mayWrite = useMay("domains.write");
  const page = usePage<Domain>(["domains", slug], (query) =>
    dataOf(api.GET("/organizations/{org}/domains", { params: { path: { org: slug }, query } })),
  );
  const selected = page.data?.items.find(({ id }) => id === params.domain);
  const closePanel = () => change({ domain: undefined, panel: undefined });
  const add = mayWrite ? (
    <CreateButton onClick={() => change({ panel: "new", domain: undefined })}>{texts.add}</CreateButton>
  ) : undefined;
  const columns: Column<Domain>[] = [
    { key: "name", header: texts.name, cell: ({ name }) => name },
    { key: "state", header: texts.state, cell: (domain) => <DomainState domain={domain} /> },
    {
      key: "added",
      header: texts.added,
      cell: ({ createdAt }) => <Time at={createdAt} />,
      width: 140,
      wideOnly: true,
    },
  ];
  return (
    <>
      <ListHead lead={texts.lead} act={add} />
      <DataTable
        label={texts.name}
        page={page}
        columns={columns}
        rowKey={({ id }) => id}
        rowLink={({ id }) => linkWith({ domain: id, panel: undefined })}
        selected={selected?.id}
        empty={
          <EmptyState
            icon={<IconWorld size={20} aria-hidden />}
            title={texts.empty.title}
            text={texts.empty.text}
            act={add}
          />
        }
      />
      <SidePanel
        title={selected?.name ?? texts.add}
        opened={selected !== undefined || params.panel === "new"}
        onClose={closePanel}
      >
        {selected === undefined ? (
          <NewDomain />
        ) : (
          <DomainPanel key={selected.id} domain={selected} onRemoved={closePanel} />
        )}
      </SidePanel>
    </>
  );
}

function DomainState({ domain }: { readonly domain: Domain }) {
  const texts = useCatalogue(settingsTexts).domains;
  return (
    <StateDot kind={domain.verified ? "good" : "warning"}>
      {domain.verified ? texts.verified : texts.waiting}
    </StateDot>
  );
}

function useDomainsChanged() {
  const { slug } = useOrganization();
  const queries = useQueryClient();
  return async () => {
    await queries.invalidateQueries({ queryKey: ["domains", slug] });
    await queries.invalidateQueries({ queryKey: ["organization", slug] });
  };
}

function NewDomain() {
  const texts = useCatalogue(settingsTexts).domains;
  const { slug } = useOrganization();
  const { change } = useSearchParams();
  const changed = useDomainsChanged();
  const [name, setName] = useState("");
  const add = useMutation({
    mutationFn: () =>
      dataOf(api.POST("/organizations/{org}/domains", { params: { path: { org: slug } }, body: { name } })),
    onSuccess: async ({ id }) => {
      await changed();
      change({ panel: undefined, domain: id });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  const unshown = unshownError(add.error, ["name"]);
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={texts.name}
          description={texts.nameHelp}
          value={name}
          data-autofocus
          error={fieldError(add.error, "name")}
          onChange={(event) => setName(event.currentTarget.value.trim())}
        />
        {unshown !== null && <ProblemAlert error={unshown} />}
        <div>
          <Button type="submit" disabled={name === ""} loading={add.isPending}>
            {texts.add}
          </Button>
        </div>
      </Stack>
    </form>
  );
}

function DomainPanel({ domain, onRemoved }: { readonly domain: Domain; onRemoved(): void }) {
  const texts = useCatalogue(settingsTexts).domains;
  const mayWrite = useMay("domains.write");
  const changed = useDomainsChanged();
  const params = { path: { org: useOrganization().slug, domainId: domain.id } };
  const verify = useMutation({
    mutationFn: () => dataOf(api.POST("/organizations/{org}/domains/{domainId}/verify", { params })),
    onSettled: changed, // what was not there is shown, too
  });
  const remove = useMutation({
    mutationFn: () => dataOf(api.DELETE("/organizations/{org}/domains/{domainId}", { params })),
    onSuccess: async () => {
      onRemoved();
      await changed();
    },
  });
  return (
    <Stack>
      <DomainState domain={domain} />
      {domain.verifiedAt !== null && (
        <Text c="dimmed">
          {texts.since} <Time at={domain.verifiedAt} />
        </Text>
      )}
      {!domain.verified && (
        <>
          <Text>{texts.record}</Text>
          <CopyField label={texts.host} value={domain.record.name} />
          <CopyField label={texts.value} value={domain.record.value} />
          <DomainCheck domain={domain} />
        </>
      )}
      <div aria-live="polite">{verify.isSuccess && <Text>{texts.counts(domain.name)}</Text>}</div>
      {verify.isError && <ProblemAlert error={verify.error} />}
      {mayWrite && (
        <Group>
          {!domain.verified && (
            <Button loading={verify.isPending} onClick={() => verify.mutate()}>
              {texts.verify}
            </Button>
          )}
          <ConfirmDanger
            label={texts.remove}
            title={texts.removeTitle(domain.name)}
            effect={domain.verified ? texts.removeVerified(domain.name) : texts.removeWaiting}
            act={texts.removeAct}
            run={() => remove.mutateAsync()}
          />
        </Group>
      )}
    </Stack>
  );
}
