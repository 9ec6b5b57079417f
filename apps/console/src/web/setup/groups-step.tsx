import { Alert, Button, Group, Select, Stack, Table, Text, Title } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { dataOf, type Schemas } from "../api/client.ts";
import { ProblemAlert } from "../components/problem-alert.tsx";
import { useTexts } from "../texts/texts.tsx";
import { useSetup } from "./setup-context.tsx";

type Mapping = Schemas["GroupMapping"];

const MOST = 200;

/** What was pushed on one side, roles on the other; who gains and loses what is told before it is saved. */
export function GroupsStep() {
  const texts = useTexts().groups;
  const { api, setup, progress, go } = useSetup();
  const path = { org: setup.organization.id };
  const { directoryId } = progress;
  const groups = useQuery({
    queryKey: ["directory-groups", directoryId],
    queryFn: () =>
      dataOf(
        api.GET("/organizations/{org}/directories/{directoryId}/groups", {
          params: { path: { ...path, directoryId: directoryId ?? "" }, query: { limit: MOST } },
        }),
      ),
    enabled: directoryId !== undefined,
  });
  const roles = useQuery({
    queryKey: ["roles"],
    queryFn: () =>
      dataOf(api.GET("/organizations/{org}/roles", { params: { path, query: { limit: MOST } } })),
  });
  const stored = useQuery({
    queryKey: ["group-mappings"],
    queryFn: () => dataOf(api.GET("/organizations/{org}/group-mappings", { params: { path } })),
  });
  const [chosen, setChosen] = useState<Readonly<Record<string, string | null>>>({});
  const known = stored.data?.items ?? [];
  const mappings = changedBy(known, chosen);
  const plan = useMutation({
    mutationFn: () =>
      dataOf(api.POST("/organizations/{org}/group-mappings/plan", { params: { path }, body: mappings })),
  });
  const save = useMutation({
    mutationFn: () =>
      dataOf(api.PUT("/organizations/{org}/group-mappings", { params: { path }, body: mappings })),
    onSuccess: async () => {
      await stored.refetch();
      setChosen({});
      plan.reset();
    },
  });
  const choose = (group: string, role: string | null) => {
    setChosen({ ...chosen, [group]: role });
    plan.reset(); // it was of other mappings
    save.reset();
  };
  const names = [...new Set(groups.data?.items.map(({ name }) => name))];
  const changed = Object.keys(chosen).length > 0;

  return (
    <Stack className="narrow">
      <Title order={1}>{texts.title}</Title>
      <Text>{texts.lead}</Text>
      {[groups.error, roles.error, stored.error, plan.error, save.error].map(
        (error) => error !== null && <ProblemAlert key={error.message} error={error} />,
      )}
      {names.length === 0 ? (
        <Group>
          <Text c="dimmed">{texts.none}</Text>
          <Button variant="default" loading={groups.isFetching} onClick={() => void groups.refetch()}>
            {texts.lookAgain}
          </Button>
        </Group>
      ) : (
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{texts.group}</Table.Th>
              <Table.Th>{texts.role}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {names.map((name) => (
              <Table.Tr key={name}>
                <Table.Td>{name}</Table.Td>
                <Table.Td>
                  <Select
                    aria-label={`${texts.role}: ${name}`}
                    placeholder={texts.noRole}
                    clearable
                    clearButtonProps={{ "aria-label": texts.clear(name) }}
                    data={roles.data?.items.map((role) => ({ value: role.key, label: role.name })) ?? []}
                    value={chosen[name] === undefined ? roleOf(known, name) : chosen[name]}
                    onChange={(role) => choose(name, role)}
                  />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <div aria-live="polite">{plan.data !== undefined && <Plan plan={plan.data} />}</div>
      <Group>
        <Button
          variant={plan.data === undefined ? "filled" : "default"}
          disabled={!changed}
          loading={plan.isPending}
          onClick={() => plan.mutate()}
        >
          {texts.plan}
        </Button>
        <Button disabled={plan.data === undefined} loading={save.isPending} onClick={() => save.mutate()}>
          {texts.save}
        </Button>
        <Button variant="default" onClick={() => go("finish")}>
          {texts.onwards}
        </Button>
      </Group>
      {save.isSuccess && (
        <Text c="var(--good-text)" fw={500} role="status">
          {texts.saved}
        </Text>
      )}
    </Stack>
  );
}

/** Who gains and who loses what. */
function Plan({ plan }: { readonly plan: Schemas["AccessPlan"] }) {
  const texts = useTexts().groups;
  return (
    <Alert
      variant="light"
      color={plan.counts.lose > 0 ? "yellow" : "blue"}
      title={texts.counts(plan.counts.gain, plan.counts.lose)}
    >
      {plan.items.map(({ memberId, name, email, gains, loses }) => (
        <Text key={memberId} size="sm">
          {name ?? email}: {[...gains.map(texts.gains), ...loses.map(texts.loses)].join(", ")}
        </Text>
      ))}
      {plan.nextCursor !== null && <Text size="sm">{texts.more}</Text>}
    </Alert>
  );
}

function roleOf(mappings: readonly Mapping[], group: string): string | null {
  return mappings.find((mapping) => isSame(mapping.group, group))?.role ?? null;
}

/** The mappings with what was chosen here; those of groups that were not touched stay as they are. */
function changedBy(mappings: readonly Mapping[], chosen: Readonly<Record<string, string | null>>): Mapping[] {
  const touched = Object.keys(chosen);
  return [
    ...mappings.filter(({ group }) => !touched.some((name) => isSame(name, group))),
    ...Object.entries(chosen).flatMap(([group, role]) => (role === null ? [] : [{ group, role }])),
  ];
}

/** Groups are told apart without regard to case. */
function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
