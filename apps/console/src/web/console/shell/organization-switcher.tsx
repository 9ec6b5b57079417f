import { Popover, ScrollArea, Text, TextInput, UnstyledButton } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { IconSelector } from "@tabler/icons-react";
import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { dataOf } from "../../api/client.ts";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { useCatalogue } from "../../texts/language.tsx";
import { api } from "../api.ts";
import { organizationQuery } from "../organization.ts";
import { type Organization, sessionQuery, switchOrganization, useSession } from "../session.ts";
import { shellTexts } from "./texts.ts";

interface SwitcherProps {
  /** The slug of the organization whose pages are shown. */
  readonly org: string | undefined;
  readonly onGo: (() => void) | undefined;
}

/** The organization's name, and the way to another for those who have several. */
export function OrganizationSwitcher({ org, onGo }: SwitcherProps) {
  const texts = useCatalogue(shellTexts);
  const session = useSession();
  const [opened, { toggle, close }] = useDisclosure();
  const shown = useQuery({ ...organizationQuery(org ?? ""), enabled: org !== undefined });
  const name = shown.data?.name ?? org;
  if (session.role !== "operator" && session.organizations.length < 2) {
    return <p className="organization-name">{name}</p>;
  }
  const leave = () => {
    close();
    onGo?.();
  };
  return (
    <Popover opened={opened} onChange={close} position="bottom-start" width="target" trapFocus shadow="md">
      <Popover.Target>
        <UnstyledButton className="organization-name" onClick={toggle}>
          <span>{name ?? texts.organization.choose}</span>
          <IconSelector size={16} aria-hidden />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p={4} aria-label={texts.organization.choose}>
        {session.role === "operator" ? <AnyOrganization onGo={leave} /> : <OwnOrganizations onGo={leave} />}
      </Popover.Dropdown>
    </Popover>
  );
}

const TYPING_MS = 150;
/** As many as are looked through at once; whoever looks for another types a part of its name. */
const SHOWN = 50;

/** For operators: the organizations of the gateway. */
function AnyOrganization({ onGo }: { onGo(): void }) {
  const texts = useCatalogue(shellTexts);
  const [typed, setTyped] = useState("");
  const [search] = useDebouncedValue(typed.trim(), TYPING_MS);
  const list = useInfiniteQuery({
    queryKey: ["organizations", "switcher", search],
    queryFn: ({ pageParam: cursor }) =>
      dataOf(
        api.GET("/organizations", {
          params: {
            query: {
              limit: SHOWN,
              ...(search === "" ? {} : { search }),
              ...(cursor === null ? {} : { cursor }),
            },
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
  });
  const found = list.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <>
      <TextInput
        size="xs"
        m={4}
        aria-label={texts.organization.find}
        placeholder={texts.organization.find}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        data-autofocus
      />
      {list.isError && <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />}
      <ScrollArea.Autosize mah={280}>
        <ul className="nav">
          {found.map(({ id, slug, name }) => (
            <li key={id}>
              <Link to="/organizations/$org" params={{ org: slug }} onClick={onGo}>
                {name}
              </Link>
            </li>
          ))}
          {list.hasNextPage && (
            <li>
              <button type="button" disabled={list.isFetching} onClick={() => void list.fetchNextPage()}>
                {texts.organization.more}
              </button>
            </li>
          )}
        </ul>
      </ScrollArea.Autosize>
      {list.isSuccess && found.length === 0 && (
        <Text c="dimmed" size="sm" p="xs">
          {texts.organization.none}
        </Text>
      )}
      <ul className="nav nav-foot">
        <li>
          <Link to="/organizations" onClick={onGo}>
            {texts.organization.all}
          </Link>
        </li>
      </ul>
    </>
  );
}

/** For a member of several: the session moves to the one that is chosen. */
function OwnOrganizations({ onGo }: { onGo(): void }) {
  const { organizations } = useSession();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const change = useMutation({
    mutationFn: ({ id }: Organization) => switchOrganization(id),
    onSuccess: async (_, { slug }) => {
      onGo();
      await navigate({ to: "/organizations/$org", params: { org: slug } });
      // Nothing of the one organization is shown in the other.
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] });
      await queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
    },
  });
  return (
    <>
      <ul className="nav">
        {organizations.map((organization) => (
          <li key={organization.id}>
            <button type="button" onClick={() => change.mutate(organization)}>
              {organization.name}
            </button>
          </li>
        ))}
      </ul>
      {change.isError && <ProblemAlert error={change.error} />}
    </>
  );
}
