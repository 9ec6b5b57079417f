import { ActionIcon, Tooltip } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useCatalogue } from "../texts/language.tsx";
import { componentTexts } from "./texts.ts";

/** Copies a value, and says so to the eye and to a screen reader. */
export function CopyButton({ value, label }: { readonly value: string; readonly label: string }) {
  const texts = useCatalogue(componentTexts);
  const clipboard = useClipboard();
  return (
    <Tooltip label={clipboard.copied ? texts.copied : texts.copy}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`${texts.copy}: ${label}`}
        onClick={() => clipboard.copy(value)}
      >
        {clipboard.copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
        <span className="visually-hidden" aria-live="polite">
          {clipboard.copied ? texts.copied : ""}
        </span>
      </ActionIcon>
    </Tooltip>
  );
}
