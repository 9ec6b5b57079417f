import { Autocomplete, Button, Group, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useCatalogue } from "../../../texts/language.tsx";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { allRolesQuery, groupNamesQuery, type Mapping, mappingKey } from "./roles.ts";
import { rolesTexts } from "./texts.ts";

interface NewMappingProps {
  readonly existing: readonly Mapping[];
  onAdd(mapping: Mapping): void;
}

/** A group, which may not have been pushed yet, and a role. */
export function NewMapping({ existing, onAdd }: NewMappingProps) {
  const texts = useCatalogue(rolesTexts).mappings;
  const { slug } = useOrganization();
  const roles = useQuery(allRolesQuery(slug));
  const mayReadDirectories = useMay("directories.read");
  const groups = useQuery({ ...groupNamesQuery(slug), enabled: mayReadDirectories });
  const [group, setGroup] = useState("");
  const [role, setRole] = useState<string | null>(null);
  const name = group.trim();
  const mapping = name === "" || role === null ? null : { group: name, role };
  const repeats = mapping !== null && existing.some((other) => mappingKey(other) === mappingKey(mapping));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (mapping !== null && !repeats) {
      onAdd(mapping);
      setGroup("");
      setRole(null);
    }
  };
  return (
    <form onSubmit={submit}>
      <Group align="flex-start" maw={720}>
        <Autocomplete
          flex="1 1 220px"
          label={texts.group}
          placeholder={texts.groupPlaceholder}
          data={groups.data ?? []}
          limit={50}
          maxLength={256}
          value={group}
          error={repeats ? texts.repeats : undefined}
          onChange={setGroup}
        />
        <Select
          flex="1 1 180px"
          label={texts.role}
          placeholder={texts.rolePlaceholder}
          data={roles.data?.map(({ key, name: roleName }) => ({ value: key, label: roleName })) ?? []}
          searchable
          value={role}
          onChange={setRole}
        />
        <Button type="submit" variant="default" mt={22} disabled={mapping === null || repeats}>
          {texts.add}
        </Button>
      </Group>
    </form>
  );
}
