import { Button, CloseButton, Group, Popover, Radio, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconFilter } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useCatalogue } from "../texts/language.tsx";
import { EmptyState } from "./empty-state.tsx";
import { useSearchParams } from "./search-params.ts";
import { componentTexts } from "./texts.ts";

/** A filter of a list: one of some values, or (without `options`) what is typed. */
export interface Filter {
  /** Its parameter in the address, which the page hands on to the API. */
  readonly name: string;
  readonly label: string;
  readonly options?: readonly { readonly value: string; readonly label: string }[];
}

/** The filters of a list as chips, kept in the address. */
export function FilterBar({ filters }: { readonly filters: readonly Filter[] }) {
  return (
    <Group gap="xs" mb="sm">
      {filters.map((filter) => (
        <FilterChip key={filter.name} filter={filter} />
      ))}
    </Group>
  );
}

function FilterChip({ filter }: { readonly filter: Filter }) {
  const texts = useCatalogue(componentTexts);
  const { params, change } = useSearchParams();
  const [opened, { toggle, close }] = useDisclosure();
  const value = params[filter.name];
  const said = filter.options?.find((option) => option.value === value)?.label ?? value;
  const choose = (chosen: string | undefined) => {
    close();
    // Another filter, and the list begins at its first page.
    change({ [filter.name]: chosen, cursor: undefined });
  };
  return (
    <div className="chip" data-set={value !== undefined || undefined}>
      <Popover opened={opened} onChange={close} position="bottom-start" trapFocus shadow="md">
        <Popover.Target>
          <button type="button" onClick={toggle}>
            {value === undefined ? filter.label : `${filter.label}: ${said}`}
          </button>
        </Popover.Target>
        <Popover.Dropdown aria-label={filter.label}>
          {filter.options === undefined ? (
            <TypedFilter label={filter.label} value={value ?? ""} onChoose={choose} />
          ) : (
            <Radio.Group label={filter.label} value={value ?? null} onChange={choose}>
              <Stack gap="xs" mt="xs">
                {filter.options.map((option) => (
                  <Radio key={option.value} value={option.value} label={option.label} />
                ))}
              </Stack>
            </Radio.Group>
          )}
        </Popover.Dropdown>
      </Popover>
      {value !== undefined && (
        <CloseButton
          size="xs"
          aria-label={texts.removeFilter(filter.label)}
          onClick={() => choose(undefined)}
        />
      )}
    </div>
  );
}

function TypedFilter(props: {
  readonly label: string;
  readonly value: string;
  onChoose(value: string | undefined): void;
}) {
  const texts = useCatalogue(componentTexts);
  const [typed, setTyped] = useState(props.value);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    props.onChoose(typed.trim() === "" ? undefined : typed.trim());
  };
  return (
    <form onSubmit={submit}>
      <Group align="end" gap="xs">
        <TextInput
          label={props.label}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          data-autofocus
        />
        <Button type="submit">{texts.apply}</Button>
      </Group>
    </form>
  );
}

/** Whether any of the filters is set. */
export function useIsFiltered(filters: readonly Filter[]): boolean {
  const { params } = useSearchParams();
  return filters.some(({ name }) => params[name] !== undefined);
}

/** In place of a list that its filters have left empty. */
export function NothingMatches({ filters }: { readonly filters: readonly Filter[] }) {
  const texts = useCatalogue(componentTexts);
  const { change } = useSearchParams();
  return (
    <EmptyState
      icon={<IconFilter size={20} aria-hidden />}
      title={texts.nothingMatches}
      text={texts.nothingMatchesAdvice}
      act={
        <Button
          variant="default"
          onClick={() =>
            change({ cursor: undefined, ...Object.fromEntries(filters.map(({ name }) => [name, undefined])) })
          }
        >
          {texts.clearFilters}
        </Button>
      }
    />
  );
}
