import { IconKey } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { ConfirmDanger } from "../../../components/confirm-danger.tsx";
import { CreateButton } from "../../../components/create-button.tsx";
import { type Column, DataTable } from "../../../components/data-table.tsx";
import { EmptyState } from "../../../components/empty-state.tsx";
import { PageHeader } from "../../../components/page-header.tsx";
import { usePage } from "../../../components/paging.tsx";
import { useSearchParams } from "../../../components/search-params.ts";
import { SidePanel } from "../../../components/side-panel.tsx";
import { StateDot } from "../../../components/state-dot.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useMay } from "../../session.ts";
import { NewApiKey } from "./new-api-key.tsx";
import { apiKeysTexts } from "./texts.ts";

type ApiKey = Schemas["ApiKey"];

/** The keys that systems call the management API with. */
export function ApiKeysPage() {
  const texts = useCatalogue(apiKeysTexts);
  const { params, change } = useSearchParams();
  const mayWrite = useMay("api_keys.write");
  const close = () => change({ panel: undefined });
  const page = usePage<ApiKey>(["api-keys"], (query) => dataOf(api.GET("/api-keys", { params: { query } })));
  const create = mayWrite ? (
    <CreateButton onClick={() => change({ panel: "new" })}>{texts.create}</CreateButton>
  ) : undefined;
  const columns: Column<ApiKey>[] = [
    { key: "name", header: texts.columns.name, cell: ({ name }) => name },
    {
      key: "hint",
      header: texts.columns.hint,
      cell: ({ hint }) => <code>…{hint}</code>,
      width: 110,
      wideOnly: true,
    },
    {
      key: "reach",
      header: texts.columns.reach,
      cell: ({ organizationId }) => (organizationId === null ? texts.everywhere : texts.oneOrganization),
      wideOnly: true,
    },
    {
      key: "limit",
      header: texts.columns.limit,
      cell: ({ permissions }) =>
        permissions === null ? texts.everything : texts.permissions(permissions.length),
      wideOnly: true,
    },
    { key: "state", header: texts.columns.state, cell: (key) => <KeyState apiKey={key} />, width: 190 },
    {
      key: "used",
      header: texts.columns.used,
      cell: ({ lastUsedAt }) => (lastUsedAt === null ? texts.never : <Time at={lastUsedAt} />),
      width: 140,
      wideOnly: true,
    },
  ];
  return (
    <>
      <PageHeader title={texts.title} lead={texts.lead} act={create} />
      <DataTable
        label={texts.title}
        page={page}
        columns={columns}
        rowKey={({ id }) => id}
        {...(mayWrite ? { acts: (key: ApiKey) => <Revoke apiKey={key} /> } : {})}
        empty={
          <EmptyState
            icon={<IconKey size={20} aria-hidden />}
            title={texts.empty.title}
            text={texts.empty.text}
            act={create}
          />
        }
      />
      <SidePanel title={texts.create} opened={params.panel === "new"} onClose={close}>
        <NewApiKey onDone={close} />
      </SidePanel>
    </>
  );
}

const isOver = ({ expiresAt }: ApiKey) => expiresAt !== null && new Date(expiresAt).getTime() <= Date.now();

function KeyState({ apiKey }: { readonly apiKey: ApiKey }) {
  const texts = useCatalogue(apiKeysTexts);
  if (apiKey.revokedAt !== null) {
    return <StateDot kind="neutral">{texts.revoked}</StateDot>;
  }
  if (isOver(apiKey)) {
    return <StateDot kind="neutral">{texts.expired}</StateDot>;
  }
  return apiKey.creatorLeft ? (
    <StateDot kind="warning">{texts.creatorLeft}</StateDot>
  ) : (
    <StateDot kind="good">{texts.active}</StateDot>
  );
}

function Revoke({ apiKey }: { readonly apiKey: ApiKey }) {
  const texts = useCatalogue(apiKeysTexts);
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => dataOf(api.DELETE("/api-keys/{keyId}", { params: { path: { keyId: apiKey.id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["api-keys"] }),
  });
  if (apiKey.revokedAt !== null || isOver(apiKey)) {
    return null;
  }
  return (
    <ConfirmDanger
      label={texts.revoke}
      button={{ size: "compact-xs" }}
      title={texts.revokeTitle(apiKey.name)}
      effect={texts.revokeEffect}
      act={texts.revokeAct}
      run={() => revoke.mutateAsync()}
    />
  );
}
