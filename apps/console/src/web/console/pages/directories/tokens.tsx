import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { ConfirmDanger } from "../../../components/confirm-danger.tsx";
import { SecretOnce } from "../../../components/copy-field.tsx";
import { type Column, DataTable } from "../../../components/data-table.tsx";
import { EmptyState } from "../../../components/empty-state.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { StateDot } from "../../../components/state-dot.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { directoriesTexts } from "./texts.ts";

type Token = Schemas["DirectoryToken"];

const isLive = ({ revokedAt, expiresAt }: Token) =>
  revokedAt === null && (expiresAt === null || new Date(expiresAt).getTime() > Date.now());

/** The bearer tokens of a directory: at most two are live, so that one can take over from the other. */
export function Tokens({ directoryId }: { readonly directoryId: string }) {
  const texts = useCatalogue(directoriesTexts).tokens;
  const { slug } = useOrganization();
  const queries = useQueryClient();
  const mayWrite = useMay("directories.write");
  const path = { org: slug, directoryId };
  const queryKey = ["directories", slug, directoryId, "tokens"];
  const tokens = useQuery({
    queryKey,
    queryFn: async () => {
      const page = await dataOf(
        api.GET("/organizations/{org}/directories/{directoryId}/tokens", {
          params: { path, query: { limit: 20 } },
        }),
      );
      return { items: page.items, nextCursor: null };
    },
  });
  const refresh = () => queries.invalidateQueries({ queryKey });
  const create = useMutation({
    mutationFn: () =>
      dataOf(
        api.POST("/organizations/{org}/directories/{directoryId}/tokens", { params: { path }, body: {} }),
      ),
    onSuccess: refresh,
  });
  const revoke = useMutation({
    mutationFn: (tokenId: string) =>
      dataOf(
        api.DELETE("/organizations/{org}/directories/{directoryId}/tokens/{tokenId}", {
          params: { path: { ...path, tokenId } },
        }),
      ),
    onSuccess: refresh,
  });
  const columns: Column<Token>[] = [
    { key: "token", header: texts.token, cell: ({ hint }) => <code>…{hint}</code> },
    {
      key: "state",
      header: texts.state,
      cell: (token) => (
        <StateDot kind={isLive(token) ? "good" : "neutral"}>
          {isLive(token) ? texts.live : token.revokedAt === null ? texts.expired : texts.revoked}
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
  const act = mayWrite ? (
    <Button variant="default" loading={create.isPending} onClick={() => create.mutate()}>
      {texts.create}
    </Button>
  ) : undefined;
  return (
    <Stack component="section" gap="sm">
      <Group justify="space-between">
        <div>
          <Title order={2} size="h3">
            {texts.title}
          </Title>
          <Text c="dimmed">{texts.lead}</Text>
        </div>
        {act}
      </Group>
      {create.isError && <ProblemAlert error={create.error} />}
      {create.data !== undefined && <SecretOnce label={texts.token} value={create.data.token} />}
      <DataTable
        label={texts.title}
        page={tokens}
        columns={columns}
        rowKey={({ id }) => id}
        {...(mayWrite
          ? {
              acts: (token: Token) =>
                isLive(token) && (
                  <ConfirmDanger
                    label={texts.revoke}
                    button={{ size: "compact-xs" }}
                    title={texts.revokeTitle(token.hint)}
                    effect={texts.revokeEffect}
                    act={texts.revokeAct}
                    run={() => revoke.mutateAsync(token.id)}
                  />
                ),
            }
          : {})}
        empty={<EmptyState icon={<IconKey size={20} aria-hidden />} title={texts.none} text={texts.lead} />}
      />
    </Stack>
  );
}
