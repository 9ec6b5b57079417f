import { MultiSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useCatalogue } from "../../../texts/language.tsx";
import { eventTypesQuery } from "./queries.ts";
import { webhooksTexts } from "./texts.ts";

interface TypesInputProps {
  readonly value: readonly string[];
  readonly error: string | undefined;
  readonly readOnly?: boolean;
  onChange(types: string[]): void;
}

/** Which events an endpoint is told of: types of the catalogue, or all of a resource's. */
export function TypesInput({ value, error, readOnly = false, onChange }: TypesInputProps) {
  const texts = useCatalogue(webhooksTexts).form;
  const types = useQuery(eventTypesQuery);
  return (
    <MultiSelect
      label={texts.types}
      description={texts.typesHelp}
      placeholder={value.length === 0 ? texts.allTypes : ""}
      data={groupsOf(
        (types.data?.items ?? []).map(({ type }) => type),
        texts.allOf,
      )}
      value={[...value]}
      error={error}
      readOnly={readOnly}
      searchable
      hidePickedOptions
      clearable={!readOnly}
      maxDropdownHeight={280}
      nothingFoundMessage={texts.noType}
      clearButtonProps={{ "aria-label": texts.clearTypes }}
      onChange={onChange}
    />
  );
}

/** By resource, each led by all of that resource's. */
function groupsOf(types: readonly string[], allOf: (pattern: string) => string) {
  const groups = new Map<string, string[]>();
  for (const type of types) {
    const resource = type.slice(0, type.indexOf("."));
    groups.set(resource, [...(groups.get(resource) ?? []), type]);
  }
  return [...groups].map(([group, items]) => ({
    group,
    items: [
      { value: `${group}.*`, label: allOf(`${group}.*`) },
      ...items.map((type) => ({ value: type, label: type })),
    ],
  }));
}
