import { Kbd, Modal, Text, TextInput, UnstyledButton } from "@mantine/core";
import { useDebouncedValue, useDisclosure, useHotkeys } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { type KeyboardEvent, useId, useState } from "react";
import { dataOf } from "../../api/client.ts";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { componentTexts } from "../../components/texts.ts";
import { useCatalogue } from "../../texts/language.tsx";
import { api } from "../api.ts";
import { type Found, foundAddress } from "./found-address.ts";
import { shellTexts } from "./texts.ts";

const TYPING_MS = 150;

/** Finds whatever the person may read, by a click or Ctrl K (⌘K). */
export function SearchButton({ onGo }: { readonly onGo: (() => void) | undefined }) {
  const texts = useCatalogue(shellTexts).search;
  const { close: closeLabel } = useCatalogue(componentTexts);
  const [opened, { open, close }] = useDisclosure();
  // Also from within a field.
  useHotkeys([["mod+K", open]], []);
  const go = () => {
    close();
    onGo?.();
  };
  return (
    <>
      <UnstyledButton className="search-button" onClick={open}>
        <IconSearch size={16} aria-hidden />
        <span>{texts.label}</span>
        <Kbd size="xs" aria-hidden>
          {texts.keys}
        </Kbd>
      </UnstyledButton>
      <Modal
        opened={opened}
        onClose={close}
        title={texts.label}
        closeButtonProps={{ "aria-label": closeLabel }}
        size="lg"
        yOffset="10vh"
      >
        <SearchBox onGo={go} />
      </Modal>
    </>
  );
}

function SearchBox({ onGo }: { onGo(): void }) {
  const texts = useCatalogue(shellTexts).search;
  const router = useRouter();
  const listId = useId();
  const [typed, setTyped] = useState("");
  const [marked, setMarked] = useState(0);
  const [q] = useDebouncedValue(typed.trim(), TYPING_MS);
  const found = useQuery({
    queryKey: ["search", q],
    queryFn: () => dataOf(api.GET("/search", { params: { query: { q } } })),
    enabled: q !== "",
    placeholderData: keepPreviousData,
  });
  const items = q === "" ? [] : (found.data?.items ?? []);
  const at = Math.min(marked, Math.max(0, items.length - 1));
  const go = (item: Found | undefined) => {
    if (item !== undefined) {
      onGo();
      router.history.push(`${router.basepath}${foundAddress(item)}`);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && items.length > 0) {
      event.preventDefault();
      setMarked((at + step + items.length) % items.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      go(items[at]);
    }
  };
  return (
    <>
      <TextInput
        role="combobox"
        aria-label={texts.label}
        aria-expanded={items.length > 0}
        aria-controls={listId}
        aria-activedescendant={items.length > 0 ? `${listId}-${at}` : undefined}
        aria-autocomplete="list"
        placeholder={texts.placeholder}
        description={texts.hint}
        value={typed}
        data-autofocus
        onKeyDown={onKeyDown}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setMarked(0);
        }}
      />
      {found.isError && <ProblemAlert error={found.error} onRetry={() => void found.refetch()} />}
      <div id={listId} role="listbox" aria-label={texts.label} className="found">
        {items.map((item, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the combobox's, which keeps the focus
          <div
            key={`${item.type} ${item.id}`}
            id={`${listId}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            onClick={() => go(item)}
          >
            <span>{item.title}</span>
            <Text component="span" size="sm" c="dimmed">
              {[texts.types[item.type], item.detail, item.organization?.name]
                .filter((part) => part !== null && part !== undefined && part !== item.title)
                .join(" · ")}
            </Text>
          </div>
        ))}
      </div>
      <Text size="sm" c="dimmed" role="status" mt="xs">
        {q === "" || found.data === undefined
          ? ""
          : items.length === 0
            ? texts.nothing
            : texts.found(items.length)}
      </Text>
    </>
  );
}
