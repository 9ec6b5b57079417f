import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import type { ReactNode } from "react";

/** The act of a list that makes something new. */
export function CreateButton(props: { readonly children: ReactNode; onClick(): void }) {
  return (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={props.onClick}>
      {props.children}
    </Button>
  );
}
