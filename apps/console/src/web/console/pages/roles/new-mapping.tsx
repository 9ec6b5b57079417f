import { Autocomplete, Button, Group, Select, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { dataOf } from "../../../api/client.ts";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { directoriesQuery } from "./directories.ts";
import { allRolesQuery, groupNamesQuery, type Mapping, type Match, mappingKey } from "./roles.ts";
import { rolesTexts } from "./texts.ts";

interface NewMappingProps {
  readonly existing: readonly Mapping[];
  onAdd(mapping: Mapping): void;
}

const MATCHES = ["exact", "prefix", "pattern"] as const;

/** A group, which may not have been pushed yet, or how groups are named, and a role. */
export function NewMapping({ existing, onAdd }: NewMappingProps) {
  const texts = useCatalogue(rolesTexts).mappings;
  const { slug } = useOrganization();
  const roles = useQuery(allRolesQuery(slug));
  const mayReadDirectories = useMay("directories.read");
  const groups = useQuery({ ...groupNamesQuery(slug), enabled: mayReadDirectories });
  const directories = useQuery({ ...directoriesQuery(slug), enabled: mayReadDirectories });
  const [match, setMatch] = useState<Match>("exact");
  const [group, setGroup] = useState("");
  const [directory, setDirectory] = useState<string | null>(null);
  const [role, setRole] = useState<string | null>(null);
  const name = group.trim();
  const naming = {
    group: name,
    ...(match === "exact" ? {} : { match }),
    ...(directory === null ? {} : { directory }),
  };
  const mapping = name === "" || role === null ? null : { ...naming, role };
  const repeats = mapping !== null && existing.some((other) => mappingKey(other) === mappingKey(mapping));
  const wrong = repeats
    ? texts.repeats
    : match === "pattern" && name !== ""
      ? patternError(name, texts)
      : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (mapping !== null && wrong === undefined) {
      onAdd(mapping);
      setGroup("");
      setRole(null);
    }
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="xs" maw={960}>
        <Group align="flex-start">
          <Select
            flex="0 1 150px"
            label={texts.match}
            data={MATCHES.map((value) => ({ value, label: texts.matches[value] }))}
            allowDeselect={false}
            value={match}
            onChange={(value) => setMatch(MATCHES.find((one) => one === value) ?? "exact")}
          />
          <Autocomplete
            flex="1 1 220px"
            label={texts.named[match]}
            placeholder={texts.placeholders[match]}
            data={match === "exact" ? (groups.data ?? []) : []}
            limit={50}
            maxLength={256}
            value={group}
            error={wrong}
            onChange={setGroup}
          />
          {directories.data !== undefined && directories.data.length > 1 && (
            <Select
              flex="0 1 180px"
              label={texts.directory}
              placeholder={texts.anyDirectory}
              data={directories.data.map(({ id, name: label }) => ({ value: id, label }))}
              clearable
              clearButtonProps={{ "aria-label": texts.anyDirectory }}
              value={directory}
              onChange={setDirectory}
            />
          )}
          <Select
            flex="1 1 180px"
            label={texts.role}
            placeholder={texts.rolePlaceholder}
            data={roles.data?.map(({ key, name: roleName }) => ({ value: key, label: roleName })) ?? []}
            searchable
            value={role}
            onChange={setRole}
          />
          <Button type="submit" variant="default" mt={22} disabled={mapping === null || wrong !== undefined}>
            {texts.add}
          </Button>
        </Group>
        {match !== "exact" && name !== "" && wrong === undefined && <NamedGroups naming={naming} />}
      </Stack>
    </form>
  );
}

function patternError(pattern: string, texts: { readonly noAsterisk: string; readonly everyGroup: string }) {
  if (!pattern.includes("*")) {
    return texts.noAsterisk;
  }
  return /^\*+$/.test(pattern) ? texts.everyGroup : undefined;
}

/** Which of the groups that were pushed are named so. */
function NamedGroups({ naming }: { readonly naming: Pick<Mapping, "group" | "match" | "directory"> }) {
  const texts = useCatalogue(rolesTexts).mappings;
  const { slug } = useOrganization();
  const named = useQuery({
    queryKey: ["group-mappings", slug, "matches", naming],
    queryFn: () =>
      dataOf(
        api.GET("/organizations/{org}/group-mappings/matches", {
          params: { path: { org: slug }, query: naming },
        }),
      ),
  });
  if (named.data === undefined) {
    return null;
  }
  const { count, items } = named.data;
  return (
    <Text c="dimmed" aria-live="polite" className="wrap-anywhere">
      {texts.namesGroups(count)}
      {count > 0 && `: ${items.map(({ name }) => name).join(", ")}`}
      {count > items.length && ` ${texts.andMore(count - items.length)}`}
    </Text>
  );
}
