import { Button, Group, Menu, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDownload } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { useSearchParams } from "../../../components/search-params.ts";
import { componentTexts } from "../../../components/texts.ts";
import { useCatalogue } from "../../../texts/language.tsx";
import { filterOf, type LoadEvents } from "./events.ts";
import { type ExportFormat, exportEvents } from "./export.ts";
import { auditTexts } from "./texts.ts";

/** Downloads what the filters show, all pages of it, and says how far it is. */
export function ExportMenu({ load, name }: { readonly load: LoadEvents; readonly name: string }) {
  const texts = useCatalogue(auditTexts).export;
  const { cancel } = useCatalogue(componentTexts);
  const { params } = useSearchParams();
  const [count, setCount] = useState<number>();
  const running = useRef<AbortController>(undefined);
  const start = async (format: ExportFormat) => {
    const abort = new AbortController();
    running.current = abort;
    setCount(0);
    try {
      const filter = filterOf(params);
      save(
        await exportEvents({ load, filter, format, onProgress: setCount, signal: abort.signal }),
        `audit-${name}.${format}`,
      );
    } catch (error) {
      if (!abort.signal.aborted) {
        notifications.show({
          color: "red",
          message: texts.failed(error instanceof Error ? error.message : ""),
        });
      }
    }
    setCount(undefined);
  };
  if (count !== undefined) {
    return (
      <Group>
        <Text role="status">{texts.progress(count)}</Text>
        <Button variant="default" onClick={() => running.current?.abort()}>
          {cancel}
        </Button>
      </Group>
    );
  }
  return (
    <Menu>
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />}>
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

function save(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
