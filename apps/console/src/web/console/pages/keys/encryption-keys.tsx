import { Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { type Column, DataTable } from "../../../components/data-table.tsx";
import { StateDot, type StateKind } from "../../../components/state-dot.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { keysTexts } from "./texts.ts";

type EncryptionKey = Schemas["EncryptionKeys"]["items"][number];

const KINDS: Readonly<Record<EncryptionKey["use"], StateKind>> = {
  current: "good",
  older: "neutral",
  missing: "bad",
};

/** What seals secrets at rest, and whether an older key can go. */
export function EncryptionKeys() {
  const texts = useCatalogue(keysTexts).encryption;
  const page = useQuery({
    queryKey: ["encryption-keys"],
    queryFn: async () => ({ ...(await dataOf(api.GET("/encryption-keys"))), nextCursor: null }),
  });
  const columns: Column<EncryptionKey>[] = [
    { key: "id", header: texts.columns.key, cell: ({ id }) => <code>{id}</code> },
    {
      key: "use",
      header: texts.columns.use,
      cell: ({ use }) => <StateDot kind={KINDS[use]}>{texts.use[use]}</StateDot>,
    },
    {
      key: "needed",
      header: texts.columns.needed,
      cell: ({ needed }) => texts.values(needed),
      wideOnly: true,
    },
    {
      key: "retire",
      header: texts.columns.retire,
      cell: ({ retirable }) => (retirable ? texts.yes : texts.no),
      wideOnly: true,
    },
  ];
  return (
    <section>
      <Title order={2} size="h3" mt="xl">
        {texts.title}
      </Title>
      <Text c="dimmed" mb="md">
        {texts.lead}
      </Text>
      <DataTable label={texts.title} page={page} columns={columns} rowKey={({ id }) => id} empty={null} />
    </section>
  );
}
