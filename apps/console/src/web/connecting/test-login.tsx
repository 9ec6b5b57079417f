import { Anchor, Button, Group, Loader, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { CopyValue } from "../components/copy-value.tsx";
import { ProblemAlert } from "../components/problem-alert.tsx";
import { useTexts } from "../texts/texts.tsx";
import { TestResult } from "./test-result.tsx";
import type { useTestLogin } from "./use-test-login.ts";

interface TestLoginProps {
  readonly login: ReturnType<typeof useTestLogin>;
  /** The identity provider's product, as the guides have it, and what to call it. */
  readonly product: { readonly id: string; readonly name: string };
  readonly disabled: boolean;
  /** Whether the buttons are what comes next. */
  readonly primary: boolean;
  /** Said while nothing has come back. */
  readonly waiting?: ReactNode;
}

/** A test login: its two ways to start, and how it went. */
export function TestLogin({ login, product, disabled, primary, waiting }: TestLoginProps) {
  const texts = useTexts().test;
  const { start, test, blocked, result, over } = login;
  return (
    <Stack>
      <Group>
        <Button
          variant={primary ? "filled" : "default"}
          disabled={disabled}
          loading={start.isPending}
          onClick={() => start.mutate("myself")}
        >
          {test === null ? texts.start : texts.again}
        </Button>
        <Button
          variant="default"
          disabled={disabled}
          loading={start.isPending}
          onClick={() => start.mutate("another")}
        >
          {texts.byAnother}
        </Button>
      </Group>
      {test?.by === "another" && (
        <div>
          <Text mb={4}>{texts.sendLink}</Text>
          <CopyValue value={test.url} label={texts.link} />
        </div>
      )}
      {start.isError && <ProblemAlert error={start.error} />}
      {test !== null && blocked && (
        <Text>
          {texts.popupBlocked}{" "}
          <Anchor href={test.url} target="_blank" rel="noreferrer">
            {texts.start}
          </Anchor>
        </Text>
      )}
      <div aria-live="polite">
        {test !== null && over === null && (
          <Group gap="sm">
            <Loader size="xs" aria-hidden />
            <Text>{texts.waiting}</Text>
          </Group>
        )}
        {waiting}
        {over !== null && <TestResult test={over} product={product} />}
      </div>
      {result.isError && <ProblemAlert error={result.error} />}
    </Stack>
  );
}
