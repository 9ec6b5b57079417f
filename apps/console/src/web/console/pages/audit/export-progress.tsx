import { Alert, Button, Group, Progress, Text } from "@mantine/core";
import { IconAlertTriangle, IconDownload } from "@tabler/icons-react";
import { ApiProblem } from "../../../api/client.ts";
import { componentTexts } from "../../../components/texts.ts";
import { useCatalogue } from "../../../texts/language.tsx";
import { auditTexts } from "./texts.ts";
import type { useExport } from "./use-export.ts";

/** How far an export is, and why it is no further. */
export function ExportProgress({
  state,
  goOn,
  cancel,
}: Pick<ReturnType<typeof useExport>, "state" | "goOn" | "cancel">) {
  const texts = useCatalogue(auditTexts).export;
  const common = useCatalogue(componentTexts);
  if (state === undefined) {
    return null;
  }
  const { count, total, waiting, error } = state;
  const failed = error !== undefined;
  const reason = error instanceof ApiProblem ? error.message : texts.unreachable;
  return (
    <Alert
      mb="md"
      variant="light"
      color={failed ? "red" : "gray"}
      icon={failed ? <IconAlertTriangle size={20} aria-hidden /> : <IconDownload size={20} aria-hidden />}
    >
      <Group justify="space-between" gap="sm">
        <div role="status">
          <Text size="md">{failed ? texts.stopped(count) : texts.progress(count, total)}</Text>
          {(failed || waiting) && (
            <Text size="sm" c="dimmed">
              {failed ? reason : texts.waiting}
            </Text>
          )}
        </div>
        <Group gap="xs">
          {failed && (
            <Button size="xs" variant="default" onClick={() => void goOn()}>
              {texts.goOn}
            </Button>
          )}
          <Button size="xs" variant="default" onClick={cancel}>
            {failed ? texts.discard : common.cancel}
          </Button>
        </Group>
      </Group>
      {total !== undefined && total.count > 0 && (
        <Progress
          mt="sm"
          size="sm"
          value={Math.min(100, (count / total.count) * 100)}
          aria-label={texts.label}
          {...(failed ? { color: "red" } : {})}
        />
      )}
    </Alert>
  );
}
