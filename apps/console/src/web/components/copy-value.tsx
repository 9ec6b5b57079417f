import { UnstyledButton } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useCatalogue } from "../texts/language.tsx";
import { componentTexts } from "./texts.ts";

/** A value that one click anywhere on it copies. */
export function CopyValue({ value, label }: { readonly value: string; readonly label: string }) {
  const texts = useCatalogue(componentTexts);
  const clipboard = useClipboard();
  return (
    <UnstyledButton
      className="value"
      onClick={() => clipboard.copy(value)}
      aria-label={`${texts.copy}: ${label}: ${value}`}
    >
      <span>{value}</span>
      {clipboard.copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
      <span className="visually-hidden" aria-live="polite">
        {clipboard.copied ? texts.copied : ""}
      </span>
    </UnstyledButton>
  );
}
