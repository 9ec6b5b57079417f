import { Anchor, Button, List, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCircle } from "@tabler/icons-react";
import { useTexts } from "../texts/texts.tsx";
import { useDoneSteps } from "./done-steps.ts";
import { useSetup } from "./setup-context.tsx";
import type { StepName } from "./steps.tsx";

type Part = "sso" | "domain" | "directory" | "groups";

/** The step that makes each part work, in the order of the steps. */
const STEP_OF: Readonly<Record<Part, StepName>> = {
  sso: "test",
  domain: "domain",
  directory: "directory",
  groups: "groups",
};

export function FinishStep() {
  const texts = useTexts();
  const { setup, progress, go } = useSetup();
  const done = useDoneSteps();
  const clipboard = useClipboard();
  const has = (intent: string) => setup.link.intents.includes(intent);
  const wanted: readonly Part[] = [
    ...(has("sso") || has("certificate") ? (["sso"] as const) : []),
    ...(has("domain") ? (["domain"] as const) : []),
    ...(has("directory") ? (["directory"] as const) : []),
    ...(has("directory") && progress.directoryId !== undefined ? (["groups"] as const) : []),
  ];
  const parts = wanted.map((part) => ({ part, works: done[STEP_OF[part]] === true }));
  const said = ({ part, works }: (typeof parts)[number]) =>
    works ? texts.finish.works : texts.finish.todo[part];
  const summary = [
    texts.page.title(setup.organization.name),
    ...parts.map((one) => `${texts.finish[one.part]}: ${said(one)}`),
    location.href,
  ].join("\n");
  return (
    <Stack className="narrow">
      <Title order={1}>{texts.finish.title}</Title>
      {parts.every(({ works }) => works) && <Text>{texts.finish.allWorks}</Text>}
      <List spacing="sm" center>
        {parts.map((one) => (
          <List.Item
            key={one.part}
            icon={
              <ThemeIcon variant="light" color={one.works ? "green" : "gray"} radius="xl">
                {one.works ? <IconCheck size={16} aria-hidden /> : <IconCircle size={16} aria-hidden />}
              </ThemeIcon>
            }
          >
            {one.works ? (
              texts.finish[one.part]
            ) : (
              <Anchor component="button" type="button" onClick={() => go(STEP_OF[one.part])}>
                {texts.finish[one.part]}
              </Anchor>
            )}
            {`: ${said(one)}`}
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
