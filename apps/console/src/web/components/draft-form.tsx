import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";
import type { FormEvent, ReactNode } from "react";
import { useCatalogue } from "../texts/language.tsx";
import { type Draft, unshownError } from "./draft.ts";
import { ProblemAlert } from "./problem-alert.tsx";
import { componentTexts } from "./texts.ts";

interface DraftFormProps<Values extends object> {
  readonly draft: Draft<Values>;
  /** The mutation that saves `draft.changes`. */
  readonly saving: { readonly isPending: boolean; readonly isSuccess: boolean; readonly error: Error | null };
  onSave(): void;
  /** Where the request has the draft's fields, if they are nested: "saml". */
  readonly within?: string;
  /** Whether it may be saved yet, where something has to be read first. Default: yes. */
  readonly ready?: boolean;
  readonly children: ReactNode;
}

/** A form over a draft: saves what was changed, and guards it against leaving. */
export function DraftForm<Values extends object>(props: DraftFormProps<Values>) {
  const texts = useCatalogue(componentTexts);
  const { draft, saving } = props;
  const prefix = props.within === undefined ? "" : `${props.within}.`;
  const error = unshownError(
    saving.error,
    Object.keys(draft.values).map((name) => `${prefix}${name}`),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    props.onSave();
  };
  return (
    <form onSubmit={submit}>
      <Stack className="narrow">
        {props.children}
        {error !== null && <ProblemAlert error={error} />}
        <Group>
          <Button type="submit" disabled={!draft.changed || props.ready === false} loading={saving.isPending}>
            {texts.save}
          </Button>
          {draft.changed && (
            <Button variant="subtle" color="gray" onClick={draft.discard}>
              {texts.discard}
            </Button>
          )}
          <Text c="dimmed" aria-live="polite">
            {draft.changed ? texts.unsaved : saving.isSuccess ? texts.saved : ""}
          </Text>
        </Group>
      </Stack>
      <UnsavedGuard when={draft.changed} />
    </form>
  );
}

/** Asks before what was typed is lost: by a link, by the browser's buttons, by closing the tab. */
export function UnsavedGuard({ when }: { readonly when: boolean }) {
  const texts = useCatalogue(componentTexts);
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => when && current.pathname !== next.pathname,
    enableBeforeUnload: when,
    withResolver: true,
  });
  return (
    <Modal
      opened={blocker.status === "blocked"}
      onClose={() => blocker.reset?.()}
      title={texts.leave.title}
      closeButtonProps={{ "aria-label": texts.close }}
    >
      <Text>{texts.leave.text}</Text>
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={() => blocker.reset?.()} data-autofocus>
          {texts.leave.stay}
        </Button>
        <Button color="red.9" onClick={() => blocker.proceed?.()}>
          {texts.leave.go}
        </Button>
      </Group>
    </Modal>
  );
}
