import { Button, Menu } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useCatalogue } from "../../../texts/language.tsx";
import { auditTexts } from "./texts.ts";
import type { useExport } from "./use-export.ts";

/** Begins an export of what the filters show. */
export function ExportMenu({ state, start }: Pick<ReturnType<typeof useExport>, "state" | "start">) {
  const texts = useCatalogue(auditTexts).export;
  return (
    <Menu>
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          disabled={state !== undefined}
        >
          {texts.label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void start("csv")}>{texts.csv}</Menu.Item>
        <Menu.Item onClick={() => void start("ndjson")}>{texts.ndjson}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
