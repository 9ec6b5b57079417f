import { Drawer } from "@mantine/core";
import type { ReactNode } from "react";
import { useCatalogue } from "../texts/language.tsx";
import { componentTexts } from "./texts.ts";

interface SidePanelProps {
  readonly title: ReactNode;
  readonly opened: boolean;
  onClose(): void;
  readonly children: ReactNode;
}

/** What belongs to one row, beside the list that it was chosen from, which stays in use. Esc closes it. */
export function SidePanel({ title, opened, onClose, children }: SidePanelProps) {
  const texts = useCatalogue(componentTexts);
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size={480}
      title={title}
      withOverlay={false}
      lockScroll={false}
      trapFocus={false}
      classNames={{ content: "side-panel", title: "side-panel-title" }}
      closeButtonProps={{ "aria-label": texts.close }}
    >
      {children}
    </Drawer>
  );
}
