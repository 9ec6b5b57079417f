import { Group, Text } from "@mantine/core";
import type { ReactNode } from "react";

/** Above a list that is one part of a page: what it is for, and its act. */
export function ListHead({ lead, act }: { readonly lead: ReactNode; readonly act?: ReactNode }) {
  return (
    <Group justify="space-between" mb="md">
      <Text c="dimmed" maw={600}>
        {lead}
      </Text>
      {act}
    </Group>
  );
}
