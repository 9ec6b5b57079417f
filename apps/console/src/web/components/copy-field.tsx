import { Alert, Stack, Text } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { useCatalogue } from "../texts/language.tsx";
import { CopyValue } from "./copy-value.tsx";
import { componentTexts } from "./texts.ts";

/** A value with its name above; one click anywhere on it copies. */
export function CopyField({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <div>
      <Text size="sm" fw={500} mb={4}>
        {label}
      </Text>
      <CopyValue label={label} value={value} />
    </div>
  );
}

/** A secret that the gateway shows this one time. */
export function SecretOnce({ label, value }: { readonly label: string; readonly value: string }) {
  const texts = useCatalogue(componentTexts);
  return (
    <Alert color="yellow" variant="light" icon={<IconKey size={20} aria-hidden />}>
      <Stack gap="sm">
        <Text size="md">{texts.shownOnce}</Text>
        <CopyField label={label} value={value} />
      </Stack>
    </Alert>
  );
}
