import { Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

interface EmptyStateProps {
  readonly icon?: ReactNode;
  readonly title: string;
  /** What would stand here, and what it is for. */
  readonly text: string;
  /** The first act. */
  readonly act?: ReactNode;
  /** Of the heading: 1 where this is all of the page. */
  readonly level?: 1 | 2;
}

/** In place of a list that holds nothing. */
export function EmptyState({ icon, title, text, act, level = 2 }: EmptyStateProps) {
  return (
    <Stack className="empty" align="center" gap="xs">
      {icon}
      <Title order={level} size="h3">
        {title}
      </Title>
      <Text c="dimmed" maw={440}>
        {text}
      </Text>
      {act}
    </Stack>
  );
}
