import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { ConfirmDanger } from "../../../components/confirm-danger.tsx";
import { CopyField, SecretOnce } from "../../../components/copy-field.tsx";
import { type Column, DataTable } from "../../../components/data-table.tsx";
import { EmptyState } from "../../../components/empty-state.tsx";
import { Id } from "../../../components/id.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { StateDot } from "../../../components/state-dot.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import type { Directory } from "./directory.ts";
import { directoriesTexts } from "./texts.ts";

type Client = Schemas["DirectoryClient"];

/** The OAuth clients of a directory: at most two are live, so that one can take over from the other. */
export function Clients({ directory }: { readonly directory: Directory }) {
  const texts = useCatalogue(directoriesTexts).clients;
  const { slug } = useOrganization();
  const queries = useQueryClient();
  const mayWrite = useMay("directories.write");
  const path = { org: slug, directoryId: directory.id };
  const queryKey = ["directories", slug, directory.id, "clients"];
  const clients = useQuery({
    queryKey,
    queryFn: async () => {
      const page = await dataOf(
        api.GET("/organizations/{org}/directories/{directoryId}/clients", {
          params: { path, query: { limit: 20 } },
        }),
      );
      return { items: page.items, nextCursor: null };
    },
  });
  const refresh = () => queries.invalidateQueries({ queryKey });
  const create = useMutation({
    mutationFn: () =>
      dataOf(api.POST("/organizations/{org}/directories/{directoryId}/clients", { params: { path } })),
    onSuccess: refresh,
  });
  const revoke = useMutation({
    mutationFn: (clientId: string) =>
      dataOf(
        api.DELETE("/organizations/{org}/directories/{directoryId}/clients/{clientId}", {
          params: { path: { ...path, clientId } },
        }),
      ),
    onSuccess: refresh,
  });
  const columns: Column<Client>[] = [
    { key: "client", header: texts.client, cell: ({ id }) => <Id value={id} /> },
    { key: "secret", header: texts.secret, cell: ({ hint }) => <code>…{hint}</code>, wideOnly: true },
    {
      key: "state",
      header: texts.state,
      cell: ({ revokedAt }) => (
        <StateDot kind={revokedAt === null ? "good" : "neutral"}>
          {revokedAt === null ? texts.live : texts.revoked}
        </StateDot>
      ),
      width: 120,
    },
    {
      key: "used",
      header: texts.used,
      cell: ({ lastUsedAt }) => (lastUsedAt === null ? texts.never : <Time at={lastUsedAt} />),
      width: 130,
      wideOnly: true,
    },
  ];
  return (
    <Stack component="section" gap="sm">
      <Group justify="space-between" wrap="nowrap" align="start">
        <div>
          <Title order={2} size="h3">
            {texts.title}
          </Title>
          <Text c="dimmed">{texts.lead}</Text>
        </div>
        {mayWrite && (
          <Button variant="default" flex="none" loading={create.isPending} onClick={() => create.mutate()}>
            {texts.create}
          </Button>
        )}
      </Group>
      {create.isError && <ProblemAlert error={create.error} />}
      {create.data !== undefined && (
        <>
          <CopyField label={texts.tokenUrl} value={create.data.tokenUrl} />
          <CopyField label={texts.client} value={create.data.clientId} />
          <SecretOnce label={texts.secret} value={create.data.clientSecret} />
        </>
      )}
      <DataTable
        label={texts.title}
        page={clients}
        columns={columns}
        rowKey={({ id }) => id}
        {...(mayWrite
          ? {
              acts: (client: Client) =>
                client.revokedAt === null && (
                  <ConfirmDanger
                    label={texts.revoke}
                    button={{ size: "compact-xs" }}
                    title={texts.revokeTitle(client.hint)}
                    effect={texts.revokeEffect}
                    act={texts.revokeAct}
                    run={() => revoke.mutateAsync(client.id)}
                  />
                ),
            }
          : {})}
        empty={<EmptyState icon={<IconKey size={20} aria-hidden />} title={texts.none} text={texts.lead} />}
      />
    </Stack>
  );
}
