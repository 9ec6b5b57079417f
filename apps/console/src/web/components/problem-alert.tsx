import { Alert, Button, Text } from "@mantine/core";
import { IconAlertCircle } from "@tabler/icons-react";
import { ApiProblem } from "../api/client.ts";
import { useCatalogue } from "../texts/language.tsx";
import { componentTexts } from "./texts.ts";

/** What failed, in the gateway's own words, with the id to ask about it by. */
export function ProblemAlert({ error, onRetry }: { readonly error: Error; readonly onRetry?: () => void }) {
  const texts = useCatalogue(componentTexts);
  return (
    <Alert color="red" variant="light" icon={<IconAlertCircle size={20} aria-hidden />} role="alert">
      <Text size="md">{error.message}</Text>
      {error instanceof ApiProblem && error.requestId !== undefined && (
        <Text size="xs" c="dimmed" ff="monospace" mt={4}>
          {texts.requestId} {error.requestId}
        </Text>
      )}
      {onRetry !== undefined && (
        <Button mt="sm" size="xs" variant="default" onClick={onRetry}>
          {texts.retry}
        </Button>
      )}
    </Alert>
  );
}
