import { Text, Title } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import type { Schemas } from "../../../api/client.ts";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { loginTexts } from "./login-texts.ts";

interface LoginStoryProps {
  readonly steps: Schemas["LoginRecord"]["steps"];
  /** What the identity provider is called. */
  readonly product: string;
}

/** An attempt to sign in, step by step. */
export function LoginStory({ steps, product }: LoginStoryProps) {
  const texts = useCatalogue(loginTexts);
  const words = texts.steps(product);
  return (
    <section aria-labelledby="story">
      <Title order={2} size="h3" id="story" mb="xs">
        {texts.record.story}
      </Title>
      <ol className="checklist">
        {steps.map(({ name, at }, index) => {
          const failed = name === "failed";
          const Icon = failed ? IconX : IconCheck;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a step may come twice at the same time, and none moves
            <li key={index} data-verdict={failed ? "failed" : "passed"}>
              <Icon className="check-icon" size={16} aria-hidden />
              <span>{words[name] ?? name}</span>
              <Text c="dimmed" size="sm">
                <Time at={at} />
              </Text>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
