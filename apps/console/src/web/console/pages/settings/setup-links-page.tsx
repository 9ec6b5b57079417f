import { IconLink } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { ConfirmDanger } from "../../../components/confirm-danger.tsx";
import { CreateButton } from "../../../components/create-button.tsx";
import { type Column, DataTable } from "../../../components/data-table.tsx";
import { EmptyState } from "../../../components/empty-state.tsx";
import { ListHead } from "../../../components/list-head.tsx";
import { usePage } from "../../../components/paging.tsx";
import { useSearchParams } from "../../../components/search-params.ts";
import { SidePanel } from "../../../components/side-panel.tsx";
import { StateDot } from "../../../components/state-dot.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { isIntent } from "./intents.ts";
import { NewSetupLink } from "./new-setup-link.tsx";
import { settingsTexts } from "./texts.ts";

type SetupLink = Schemas["SetupLink"];

/** The links by which a customer's IdP admin sets things up. */
export function SetupLinksPage() {
  const texts = useCatalogue(settingsTexts).links;
  const { slug } = useOrganization();
  const { params, change } = useSearchParams();
  const mayWrite = useMay("setup_links.write");
  const page = usePage<SetupLink>(["setup-links", slug], (query) =>
    dataOf(api.GET("/organizations/{org}/setup-links", { params: { path: { org: slug }, query } })),
  );
  const create = mayWrite ? (
    <CreateButton onClick={() => change({ panel: "new" })}>{texts.create}</CreateButton>
  ) : undefined;
  const columns: Column<SetupLink>[] = [
    { key: "name", header: texts.name, cell: ({ name }) => name },
    {
      key: "intents",
      header: texts.intents,
      cell: ({ intents }) => intents.map((name) => (isIntent(name) ? texts.short[name] : name)).join(", "),
      wideOnly: true,
    },
    { key: "state", header: texts.state, cell: (link) => <LinkState link={link} /> },
    {
      key: "expires",
      header: texts.expires,
      cell: ({ expiresAt }) => <Time at={expiresAt} />,
      wideOnly: true,
    },
    {
      key: "used",
      header: texts.used,
      cell: ({ lastUsedAt }) => (lastUsedAt === null ? texts.never : <Time at={lastUsedAt} />),
      wideOnly: true,
    },
  ];
  return (
    <>
      <ListHead lead={texts.lead} act={create} />
      <DataTable
        label={texts.create}
        page={page}
        columns={columns}
        rowKey={({ id }) => id}
        {...(mayWrite ? { acts: (link: SetupLink) => <Revoke link={link} /> } : {})}
        empty={
          <EmptyState
            icon={<IconLink size={20} aria-hidden />}
            title={texts.empty.title}
            text={texts.empty.text}
            act={create}
          />
        }
      />
      <SidePanel
        title={texts.create}
        opened={params.panel === "new"}
        onClose={() => change({ panel: undefined })}
      >
        <NewSetupLink onDone={() => change({ panel: undefined })} />
      </SidePanel>
    </>
  );
}

function LinkState({ link }: { readonly link: SetupLink }) {
  const texts = useCatalogue(settingsTexts).links;
  if (link.revokedAt !== null) {
    return <StateDot kind="neutral">{texts.revoked}</StateDot>;
  }
  if (isOver(link)) {
    return <StateDot kind="neutral">{texts.expired}</StateDot>;
  }
  return link.creatorLeft ? (
    <StateDot kind="warning">{texts.creatorLeft}</StateDot>
  ) : (
    <StateDot kind="good">{texts.live}</StateDot>
  );
}

const isOver = ({ expiresAt }: SetupLink) => new Date(expiresAt).getTime() <= Date.now();

function Revoke({ link }: { readonly link: SetupLink }) {
  const texts = useCatalogue(settingsTexts).links;
  const { slug } = useOrganization();
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () =>
      dataOf(
        api.DELETE("/organizations/{org}/setup-links/{setupLinkId}", {
          params: { path: { org: slug, setupLinkId: link.id } },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["setup-links", slug] }),
  });
  if (link.revokedAt !== null || isOver(link)) {
    return null;
  }
  return (
    <ConfirmDanger
      label={texts.revoke}
      button={{ size: "compact-xs" }}
      title={texts.revokeTitle(link.name)}
      effect={texts.revokeEffect}
      act={texts.revokeAct}
      run={() => revoke.mutateAsync()}
    />
  );
}
