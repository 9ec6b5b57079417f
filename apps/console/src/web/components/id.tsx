import { UnstyledButton } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useCatalogue } from "../texts/language.tsx";
import { componentTexts } from "./texts.ts";

const SHOWN = 8;

/** An id by its end, which is what tells two apart (UUIDv7 begin by the time); a click copies all of it. */
export function Id({ value }: { readonly value: string }) {
  const texts = useCatalogue(componentTexts);
  const clipboard = useClipboard();
  const short = value.length > SHOWN + 4 ? `…${value.slice(-SHOWN)}` : value;
  return (
    <UnstyledButton className="id" title={value} onClick={() => clipboard.copy(value)}>
      <span className="visually-hidden">{texts.copy}: </span>
      {short}
      {clipboard.copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
      <span className="visually-hidden" aria-live="polite">
        {clipboard.copied ? texts.copied : ""}
      </span>
    </UnstyledButton>
  );
}
