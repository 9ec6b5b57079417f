import { Button, Group, Text } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconKey } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { ConfirmDanger } from "../../../components/confirm-danger.tsx";
import { type Column, DataTable } from "../../../components/data-table.tsx";
import { EmptyState } from "../../../components/empty-state.tsx";
import { Id } from "../../../components/id.tsx";
import { usePage } from "../../../components/paging.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { StateDot } from "../../../components/state-dot.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { useConnection } from "./connection.ts";
import { keysTexts } from "./keys-texts.ts";

type Key = Schemas["ConnectionKey"];

const KINDS = { signing: "good", standby: "warning", retired: "neutral" } as const;

/** The connection's own key pairs, and their rotation. */
export function ConnectionKeysPage() {
  const texts = useCatalogue(keysTexts);
  const { slug } = useOrganization();
  const { id: connectionId } = useConnection();
  const mayWrite = useMay("connections.write");
  const path = { org: slug, connectionId };
  const queries = useQueryClient();
  const page = usePage<Key>(["connection-keys", slug, connectionId], (query) =>
    dataOf(api.GET("/organizations/{org}/connections/{connectionId}/keys", { params: { path, query } })),
  );
  const create = useMutation({
    mutationFn: () =>
      dataOf(api.POST("/organizations/{org}/connections/{connectionId}/keys", { params: { path } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["connection-keys", slug, connectionId] }),
  });
  const columns: Column<Key>[] = [
    { key: "key", header: texts.columns.key, cell: ({ fingerprint }) => <Id value={fingerprint} /> },
    {
      key: "state",
      header: texts.columns.state,
      cell: ({ state }) => <StateDot kind={KINDS[state]}>{texts.state[state]}</StateDot>,
      width: 150,
    },
    {
      key: "ends",
      header: texts.columns.ends,
      cell: ({ notAfter }) => <Time at={notAfter} />,
      width: 150,
      wideOnly: true,
    },
    {
      key: "read",
      header: texts.columns.read,
      cell: ({ metadataReadAt }) => (metadataReadAt === null ? texts.notRead : <Time at={metadataReadAt} />),
      width: 150,
      wideOnly: true,
    },
  ];
  const createButton = (label: string) =>
    mayWrite ? (
      <Button variant="default" loading={create.isPending} onClick={() => create.mutate()}>
        {label}
      </Button>
    ) : undefined;
  const live = page.data?.items.filter(({ state }) => state !== "retired").length;
  return (
    <>
      <Group justify="space-between" mb="md">
        <Text c="dimmed" maw={640}>
          {texts.lead}
        </Text>
        {live === 1 && createButton(texts.create)}
      </Group>
      {create.isError && <ProblemAlert error={create.error} />}
      <DataTable
        label={texts.title}
        page={page}
        columns={columns}
        rowKey={({ id }) => id}
        acts={(key) => <KeyActs connectionKey={key} />}
        empty={
          <EmptyState
            icon={<IconKey size={20} aria-hidden />}
            title={texts.empty.title}
            text={texts.empty.text}
            act={createButton(texts.empty.create)}
          />
        }
      />
    </>
  );
}

function KeyActs({ connectionKey: key }: { readonly connectionKey: Key }) {
  const texts = useCatalogue(keysTexts);
  const { slug } = useOrganization();
  const { id: connectionId } = useConnection();
  const mayWrite = useMay("connections.write");
  const queries = useQueryClient();
  const { copied, copy } = useClipboard();
  const path = { org: slug, connectionId, connectionKeyId: key.id };
  const changed = () => queries.invalidateQueries({ queryKey: ["connection-keys", slug, connectionId] });
  const activate = async () => {
    await dataOf(
      api.POST("/organizations/{org}/connections/{connectionId}/keys/{connectionKeyId}/activate", {
        params: { path },
        // What it means was said before.
        body: { force: key.metadataReadAt === null },
      }),
    );
    await changed();
  };
  const retire = async () => {
    await dataOf(
      api.DELETE("/organizations/{org}/connections/{connectionId}/keys/{connectionKeyId}", {
        params: { path },
      }),
    );
    await changed();
  };
  const button = { size: "compact-xs" } as const;
  return (
    <Group gap="xs" wrap="nowrap">
      <Button variant="default" {...button} onClick={() => copy(key.certificate)}>
        <span aria-live="polite">{copied ? texts.copied : texts.certificate}</span>
      </Button>
      {mayWrite && key.state === "standby" && (
        <>
          <ConfirmDanger
            label={texts.activate}
            button={button}
            title={texts.activateTitle}
            effect={key.metadataReadAt === null ? texts.activateUnread : texts.activateRead}
            act={texts.activateAct}
            run={activate}
          />
          <ConfirmDanger
            label={texts.retire}
            button={button}
            title={texts.retireTitle}
            effect={texts.retireEffect}
            act={texts.retireAct}
            run={retire}
          />
        </>
      )}
    </Group>
  );
}
