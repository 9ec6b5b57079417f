import { Group, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { ConfirmDanger } from "../../../components/confirm-danger.tsx";
import { type Column, DataTable } from "../../../components/data-table.tsx";
import { EmptyState } from "../../../components/empty-state.tsx";
import { Id } from "../../../components/id.tsx";
import { StateDot } from "../../../components/state-dot.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useMay } from "../../session.ts";
import { keysTexts } from "./texts.ts";

type SigningKey = Schemas["SigningKey"];

const QUERY = ["signing-keys"];

/** What signs tokens, and the way to a new key. */
export function SigningKeys() {
  const texts = useCatalogue(keysTexts).signing;
  const mayWrite = useMay("signing_keys.write");
  const page = useQuery({
    queryKey: QUERY,
    queryFn: async () => ({ ...(await dataOf(api.GET("/signing-keys"))), nextCursor: null }),
  });
  const columns: Column<SigningKey>[] = [
    { key: "id", header: texts.columns.key, cell: ({ id }) => <Id value={id} /> },
    { key: "algorithm", header: texts.columns.algorithm, cell: ({ algorithm }) => algorithm },
    { key: "state", header: texts.columns.state, cell: (key) => <KeyState signingKey={key} /> },
    {
      key: "made",
      header: texts.columns.made,
      cell: ({ createdAt }) => <Time at={createdAt} />,
      width: 140,
      wideOnly: true,
    },
  ];
  return (
    <section>
      <Group justify="space-between" align="flex-start" mb="md">
        <div>
          <Title order={2} size="h3">
            {texts.title}
          </Title>
          <Text c="dimmed">{texts.lead}</Text>
        </div>
        {mayWrite && <Rotate />}
      </Group>
      <DataTable
        label={texts.title}
        page={page}
        columns={columns}
        rowKey={({ id }) => id}
        {...(mayWrite ? { acts: (key: SigningKey) => <Distrust signingKey={key} /> } : {})}
        empty={<EmptyState title={texts.empty.title} text={texts.empty.text} />}
      />
    </section>
  );
}

function KeyState({ signingKey }: { readonly signingKey: SigningKey }) {
  const texts = useCatalogue(keysTexts).signing;
  if (signingKey.distrustedAt !== null) {
    return <StateDot kind="bad">{texts.distrusted}</StateDot>;
  }
  return signingKey.retiredAt === null ? (
    <StateDot kind="good">{texts.signs}</StateDot>
  ) : (
    <StateDot kind="neutral">{texts.published}</StateDot>
  );
}

function Rotate() {
  const texts = useCatalogue(keysTexts).signing;
  const queries = useQueryClient();
  const rotate = useMutation({
    mutationFn: () => dataOf(api.POST("/signing-keys/rotate", { body: {} })),
    onSuccess: () => queries.invalidateQueries({ queryKey: QUERY }),
  });
  return (
    <ConfirmDanger
      label={texts.rotate}
      title={texts.rotateTitle}
      effect={texts.rotateEffect}
      act={texts.rotateAct}
      run={() => rotate.mutateAsync()}
    />
  );
}

function Distrust({ signingKey }: { readonly signingKey: SigningKey }) {
  const texts = useCatalogue(keysTexts).signing;
  const queries = useQueryClient();
  const distrust = useMutation({
    mutationFn: () =>
      dataOf(api.POST("/signing-keys/{kid}/distrust", { params: { path: { kid: signingKey.id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: QUERY }),
  });
  if (signingKey.distrustedAt !== null) {
    return null;
  }
  return (
    <ConfirmDanger
      label={texts.distrust}
      button={{ size: "compact-xs" }}
      title={texts.distrustTitle}
      effect={texts.distrustEffect}
      act={texts.distrustAct}
      nameToType={signingKey.id.slice(-8)}
      run={() => distrust.mutateAsync()}
    />
  );
}
