import { Button, type ButtonProps, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { useCatalogue } from "../texts/language.tsx";
import { ProblemAlert } from "./problem-alert.tsx";
import { componentTexts } from "./texts.ts";

interface ConfirmDangerProps {
  /** The button that asks, and how it looks. */
  readonly label: string;
  readonly button?: ButtonProps;
  /** The question: "Revoke “For Ann”?" */
  readonly title: string;
  /** What will end by it, in numbers. It is rendered once asked, so it may load what it says. */
  readonly effect: ReactNode;
  /** What the button does that confirms: "Revoke link". */
  readonly act: string;
  /** To be typed, where nothing brings it back. */
  readonly nameToType?: string;
  /** Does it. What it rejects with is shown, and the question stays. */
  run(): Promise<unknown>;
}

/** A button for an act that ends something: it says what, and asks first. */
export function ConfirmDanger(props: ConfirmDangerProps) {
  const texts = useCatalogue(componentTexts);
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <Button variant="default" {...props.button} onClick={open}>
        {props.label}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={props.title}
        closeButtonProps={{ "aria-label": texts.close }}
      >
        <Question {...props} onClose={close} />
      </Modal>
    </>
  );
}

function Question(props: ConfirmDangerProps & { onClose(): void }) {
  const texts = useCatalogue(componentTexts);
  const [typed, setTyped] = useState("");
  const act = useMutation({ mutationFn: props.run, onSuccess: props.onClose });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    act.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text component="div">{props.effect}</Text>
        {props.nameToType !== undefined && (
          <TextInput
            label={texts.typeToConfirm(props.nameToType)}
            value={typed}
            autoComplete="off"
            data-autofocus
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
        {act.isError && <ProblemAlert error={act.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={props.onClose}>
            {texts.cancel}
          </Button>
          <Button
            type="submit"
            color="red.9"
            loading={act.isPending}
            disabled={props.nameToType !== undefined && typed !== props.nameToType}
          >
            {props.act}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
