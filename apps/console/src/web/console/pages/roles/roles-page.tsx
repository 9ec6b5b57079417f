import { IconUserShield } from "@tabler/icons-react";
import { dataOf } from "../../../api/client.ts";
import { CreateButton } from "../../../components/create-button.tsx";
import { type Column, DataTable } from "../../../components/data-table.tsx";
import { EmptyState } from "../../../components/empty-state.tsx";
import { ListHead } from "../../../components/list-head.tsx";
import { usePage } from "../../../components/paging.tsx";
import { linkWith, useSearchParams } from "../../../components/search-params.ts";
import { SidePanel } from "../../../components/side-panel.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { NewRole } from "./new-role.tsx";
import { RolePanel } from "./role-panel.tsx";
import type { Role } from "./roles.ts";
import { rolesTexts } from "./texts.ts";

/** The organization's roles, each with what it permits. */
export function RolesPage() {
  const texts = useCatalogue(rolesTexts).roles;
  const { slug } = useOrganization();
  const { params, change } = useSearchParams();
  const mayWrite = useMay("roles.write");
  const page = usePage<Role>(["roles", slug], (query) =>
    dataOf(api.GET("/organizations/{org}/roles", { params: { path: { org: slug }, query } })),
  );
  const selected = page.data?.items.find(({ id }) => id === params.role);
  const close = () => change({ role: undefined, panel: undefined });
  const create = mayWrite ? (
    <CreateButton onClick={() => change({ panel: "new", role: undefined })}>{texts.create}</CreateButton>
  ) : undefined;
  const columns: Column<Role>[] = [
    { key: "name", header: texts.name, cell: ({ name }) => name },
    { key: "key", header: texts.key, cell: ({ key }) => <code>{key}</code> },
    {
      key: "permissions",
      header: texts.permissions,
      cell: ({ permissions }) =>
        permissions.length === 0 ? texts.noPermissions : <code>{permissions.join(", ")}</code>,
      wideOnly: true,
    },
    {
      key: "since",
      header: texts.since,
      cell: ({ createdAt }) => <Time at={createdAt} />,
      width: 130,
      wideOnly: true,
    },
  ];
  return (
    <>
      <ListHead lead={texts.lead} act={create} />
      <DataTable
        label={texts.label}
        page={page}
        columns={columns}
        rowKey={({ id }) => id}
        rowLink={({ id }) => linkWith({ role: id, panel: undefined })}
        selected={selected?.id}
        empty={
          <EmptyState
            icon={<IconUserShield size={20} aria-hidden />}
            title={texts.empty.title}
            text={texts.empty.text}
            act={create}
          />
        }
      />
      <SidePanel
        title={selected?.name ?? texts.create}
        opened={selected !== undefined || (mayWrite && params.panel === "new")}
        onClose={close}
      >
        {selected === undefined ? (
          <NewRole />
        ) : (
          <RolePanel key={selected.id} role={selected} onDeleted={close} />
        )}
      </SidePanel>
    </>
  );
}
