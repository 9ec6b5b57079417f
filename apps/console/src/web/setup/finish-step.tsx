import { Button, List, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCircle } from "@tabler/icons-react";
import { useTexts } from "../texts/texts.tsx";
import { useConnection, useSetup } from "./setup-context.tsx";

export function FinishStep() {
  const texts = useTexts();
  const { setup, progress } = useSetup();
  const { data: connection } = useConnection();
  const clipboard = useClipboard();
  const has = (intent: string) => setup.link.intents.includes(intent);
  const parts = [
    ...(has("sso") ? [{ name: texts.finish.sso, works: connection?.status === "active" }] : []),
    ...(has("directory")
      ? [{ name: texts.finish.directory, works: progress.directoryId !== undefined }]
      : []),
  ];
  const line = ({ name, works }: { name: string; works: boolean }) =>
    `${name}: ${works ? texts.finish.works : texts.finish.left}`;
  const summary = [texts.page.title(setup.organization.name), ...parts.map(line), location.href].join("\n");
  return (
    <Stack className="narrow">
      <Title order={1}>{texts.finish.title}</Title>
      <List spacing="sm" center>
        {parts.map((part) => (
          <List.Item
            key={part.name}
            icon={
              <ThemeIcon variant="light" color={part.works ? "green" : "gray"} radius="xl">
                {part.works ? <IconCheck size={16} aria-hidden /> : <IconCircle size={16} aria-hidden />}
              </ThemeIcon>
            }
          >
            {line(part)}
          </List.Item>
        ))}
      </List>
      <div>
        <Button variant="default" onClick={() => clipboard.copy(summary)}>
          {clipboard.copied ? texts.copied : texts.finish.summary}
        </Button>
      </div>
      <Text c="dimmed">{texts.finish.contact}</Text>
    </Stack>
  );
}
