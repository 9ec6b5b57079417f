import { Badge, Button, Card, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { dataOf, type Schemas } from "../api/client.ts";
import { CopyValue } from "../components/copy-value.tsx";
import { DOMAIN_CHECK_MS, DomainCheck } from "../components/domain-check.tsx";
import { ProblemAlert } from "../components/problem-alert.tsx";
import { useTexts } from "../texts/texts.tsx";
import { useSetup } from "./setup-context.tsx";

export function DomainStep() {
  const texts = useTexts();
  const { api, setup } = useSetup();
  const queries = useQueryClient();
  const org = setup.organization.id;
  const [name, setName] = useState("");
  const refresh = () => queries.invalidateQueries({ queryKey: ["domains"] });
  const domains = useQuery({
    queryKey: ["domains"],
    queryFn: () =>
      dataOf(api.GET("/organizations/{org}/domains", { params: { path: { org }, query: { limit: 100 } } })),
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ verified }) => !verified) === true ? DOMAIN_CHECK_MS : false,
  });
  const add = useMutation({
    mutationFn: () =>
      dataOf(api.POST("/organizations/{org}/domains", { params: { path: { org } }, body: { name } })),
    onSuccess: () => {
      setName("");
      return refresh();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <Stack className="narrow">
      <Title order={1}>{texts.domain.title}</Title>
      <Text>{texts.domain.lead}</Text>
      <form onSubmit={submit}>
        <Group align="end">
          <TextInput
            label={texts.domain.name}
            placeholder="acme.com"
            value={name}
            onChange={(event) => setName(event.currentTarget.value.trim())}
          />
          <Button type="submit" disabled={name === ""} loading={add.isPending}>
            {texts.domain.add}
          </Button>
        </Group>
      </form>
      {add.isError && <ProblemAlert error={add.error} />}
      {domains.isError && <ProblemAlert error={domains.error} onRetry={() => void domains.refetch()} />}
      {domains.data?.items.length === 0 && <Text c="dimmed">{texts.domain.empty}</Text>}
      {domains.data?.items.map((domain) => (
        <DomainCard key={domain.id} domain={domain} onChange={refresh} />
      ))}
    </Stack>
  );
}

function DomainCard({ domain, onChange }: { readonly domain: Schemas["Domain"]; onChange(): void }) {
  const texts = useTexts();
  const { api, setup } = useSetup();
  const params = { path: { org: setup.organization.id, domainId: domain.id } };
  const verify = useMutation({
    mutationFn: () => dataOf(api.POST("/organizations/{org}/domains/{domainId}/verify", { params })),
    onSettled: onChange, // what was not there is shown, too
  });
  const remove = useMutation({
    mutationFn: () => dataOf(api.DELETE("/organizations/{org}/domains/{domainId}", { params })),
    onSuccess: onChange,
  });
  return (
    <Card withBorder>
      <Stack gap="sm">
        <Group justify="space-between">
          <Text fw={600}>{domain.name}</Text>
          <Badge color={domain.verified ? "green" : "yellow"} variant="dot" tt="none">
            {domain.verified ? texts.domain.verified : texts.domain.pending}
          </Badge>
        </Group>
        {!domain.verified && (
          <>
            <Text>{texts.domain.record}</Text>
            <div>
              <Text size="sm" fw={600}>
                {texts.domain.host}
              </Text>
              <CopyValue value={domain.record.name} label={texts.domain.host} />
            </div>
            <div>
              <Text size="sm" fw={600}>
                {texts.domain.value}
              </Text>
              <CopyValue value={domain.record.value} label={texts.domain.value} />
            </div>
            <DomainCheck domain={domain} />
            <Group>
              <Button loading={verify.isPending} onClick={() => verify.mutate()}>
                {texts.domain.verify}
              </Button>
              <Button
                variant="subtle"
                color="gray"
                loading={remove.isPending}
                onClick={() => remove.mutate()}
              >
                {texts.domain.remove}
              </Button>
            </Group>
            {verify.isError && <ProblemAlert error={verify.error} />}
          </>
        )}
      </Stack>
    </Card>
  );
}
