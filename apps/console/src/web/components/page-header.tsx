import { Group, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";

interface PageHeaderProps {
  readonly title: string;
  /** One sentence: what this page is for. */
  readonly lead?: ReactNode;
  /** The one primary act. */
  readonly act?: ReactNode;
}

/** The head of a page, and the title of its tab. */
export function PageHeader({ title, lead, act }: PageHeaderProps) {
  useEffect(() => {
    document.title = `${title} · Sallyport`;
  }, [title]);
  return (
    <Group component="header" className="page-header" justify="space-between" align="flex-start">
      <div className="page-header-text">
        <Title order={1} size="h2">
          {title}
        </Title>
        {lead !== undefined && (
          <Text c="dimmed" mt={4}>
            {lead}
          </Text>
        )}
      </div>
      {act}
    </Group>
  );
}
