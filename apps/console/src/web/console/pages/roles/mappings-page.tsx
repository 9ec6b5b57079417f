import { Button, Group, Skeleton, Stack, Table, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconArrowsRight } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { dataOf } from "../../../api/client.ts";
import { UnsavedGuard } from "../../../components/draft-form.tsx";
import { EmptyState } from "../../../components/empty-state.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { StateDot } from "../../../components/state-dot.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { AccessPlan, useMappingsPlan } from "./access-plan.tsx";
import { directoriesQuery } from "./directories.ts";
import { NewMapping } from "./new-mapping.tsx";
import { allRolesQuery, type Mapping, mappingKey, mappingsQuery } from "./roles.ts";
import { rolesTexts } from "./texts.ts";

/** Which groups give which roles. */
export function MappingsPage() {
  const texts = useCatalogue(rolesTexts).mappings;
  const stored = useQuery(mappingsQuery(useOrganization().slug));
  return (
    <>
      <Text c="dimmed" maw={600} mb="md">
        {texts.lead}
      </Text>
      {stored.isError && <ProblemAlert error={stored.error} onRetry={() => void stored.refetch()} />}
      {stored.isPending && <Skeleton height={160} />}
      {stored.isSuccess && <Mappings stored={stored.data} />}
    </>
  );
}

/** The stored mappings with what is changed of them here; what that does is told before it is saved. */
function Mappings({ stored }: { readonly stored: readonly Mapping[] }) {
  const texts = useCatalogue(rolesTexts).mappings;
  const { slug } = useOrganization();
  const queries = useQueryClient();
  const mayWrite = useMay("group_mappings.write");
  const [added, setAdded] = useState<readonly Mapping[]>([]);
  const [removed, setRemoved] = useState<ReadonlySet<string>>(new Set());
  const kept = stored.filter((mapping) => !removed.has(mappingKey(mapping)));
  const wanted = [...kept, ...added];
  const changed = added.length > 0 || kept.length < stored.length;
  const plan = useMappingsPlan(changed ? wanted : undefined);
  const discard = () => {
    setAdded([]);
    setRemoved(new Set());
  };
  const save = useMutation({
    mutationFn: () =>
      dataOf(
        api.PUT("/organizations/{org}/group-mappings", { params: { path: { org: slug } }, body: wanted }),
      ),
    onSuccess: ({ items }) => {
      queries.setQueryData(mappingsQuery(slug).queryKey, items);
      discard();
      notifications.show({ message: texts.saved });
    },
  });
  const add = (mapping: Mapping) => {
    // What was taken out, and comes back, is as it was before.
    const key = mappingKey(mapping);
    if (removed.has(key)) {
      setRemoved(new Set([...removed].filter((other) => other !== key)));
    } else {
      setAdded([...added, mapping]);
    }
  };
  return (
    <Stack>
      {mayWrite && <NewMapping existing={wanted} onAdd={add} />}
      {stored.length + added.length === 0 ? (
        <EmptyState
          icon={<IconArrowsRight size={20} aria-hidden />}
          title={texts.empty.title}
          text={texts.empty.text}
        />
      ) : (
        <MappingTable
          stored={stored}
          added={added}
          removed={removed}
          mayWrite={mayWrite}
          onRemove={(mapping) => setRemoved(new Set([...removed, mappingKey(mapping)]))}
          onRestore={add}
          onTakeBack={(mapping) => setAdded(added.filter((other) => other !== mapping))}
        />
      )}
      {changed && (
        <>
          <Title order={2} size="h3">
            {texts.plan}
          </Title>
          <div aria-live="polite">
            <AccessPlan plan={plan} />
          </div>
          {save.isError && <ProblemAlert error={save.error} />}
          <Group>
            <Button disabled={!plan.isSuccess} loading={save.isPending} onClick={() => save.mutate()}>
              {texts.save}
            </Button>
            <Button variant="subtle" color="gray" onClick={discard}>
              {texts.discard}
            </Button>
          </Group>
        </>
      )}
      <UnsavedGuard when={changed} />
    </Stack>
  );
}

interface MappingTableProps {
  readonly stored: readonly Mapping[];
  readonly added: readonly Mapping[];
  /** By `mappingKey`. */
  readonly removed: ReadonlySet<string>;
  readonly mayWrite: boolean;
  onRemove(stored: Mapping): void;
  onRestore(stored: Mapping): void;
  onTakeBack(added: Mapping): void;
}

function MappingTable(props: MappingTableProps) {
  const texts = useCatalogue(rolesTexts).mappings;
  const { slug } = useOrganization();
  const roles = useQuery(allRolesQuery(slug));
  const mayReadDirectories = useMay("directories.read");
  const directories = useQuery({ ...directoriesQuery(slug), enabled: mayReadDirectories });
  const directoryNames = new Map(directories.data?.map(({ id, name }) => [id, name]));
  const names = new Map(roles.data?.map(({ key, name }) => [key, name]));
  const row = (mapping: Mapping, state: "added" | "removed" | null, label: string, act: () => void) => (
    <Table.Tr key={mappingKey(mapping)}>
      <Table.Td data-wrap>
        <div>{mapping.match === "prefix" ? texts.begins(mapping.group) : mapping.group}</div>
        {mapping.match === "pattern" && (
          <Text c="dimmed" size="sm">
            {texts.named.pattern}
          </Text>
        )}
        {mapping.directory !== undefined && (
          <Text c="dimmed" size="sm">
            {texts.directory}: {directoryNames.get(mapping.directory) ?? mapping.directory}
          </Text>
        )}
      </Table.Td>
      <Table.Td data-wrap>
        <div>{names.get(mapping.role) ?? mapping.role}</div>
        {state === "added" && <StateDot kind="good">{texts.added}</StateDot>}
        {state === "removed" && <StateDot kind="bad">{texts.removed}</StateDot>}
      </Table.Td>
      {props.mayWrite && (
        <Table.Td ta="right">
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`${label}: ${mapping.group}, ${mapping.role}`}
            onClick={act}
          >
            {label}
          </Button>
        </Table.Td>
      )}
    </Table.Tr>
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: wider than its place it is scrolled, also by the keyboard
    <section className="table-scroll" aria-label={texts.label} tabIndex={0}>
      <Table className="table" aria-label={texts.label}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{texts.group}</Table.Th>
            <Table.Th>{texts.role}</Table.Th>
            {props.mayWrite && (
              <Table.Th w={92}>
                <span className="visually-hidden">{texts.act}</span>
              </Table.Th>
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {props.stored.map((mapping) =>
            props.removed.has(mappingKey(mapping))
              ? row(mapping, "removed", texts.restore, () => props.onRestore(mapping))
              : row(mapping, null, texts.remove, () => props.onRemove(mapping)),
          )}
          {props.added.map((mapping) => row(mapping, "added", texts.remove, () => props.onTakeBack(mapping)))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
