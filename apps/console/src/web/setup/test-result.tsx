import { Alert, List, Stack, Table, Text, ThemeIcon, Title } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import type { Schemas } from "../api/client.ts";
import { fieldToChange } from "../guides/fields-to-change.ts";
import { useTexts } from "../texts/texts.tsx";
import { useProduct } from "./setup-context.tsx";

type Step = Schemas["TestLogin"]["steps"][number];

/** How a test went, as a story: each step green or red, what came, and what to change at the IdP. */
export function TestResult({ test }: { readonly test: Schemas["TestLogin"] }) {
  const texts = useTexts();
  const product = useProduct();
  const failed = test.steps.find((step) => step.name === "failed");
  const field =
    failed === undefined ? undefined : fieldToChange(product?.id ?? "generic", textOf(failed, "code"));
  return (
    <Stack>
      <Title order={2}>{test.outcome === "success" ? texts.test.succeeded : texts.test.failed}</Title>
      <List spacing="xs" center listStyleType="none">
        {test.steps.map((step) => (
          <List.Item key={`${step.name} ${step.at}`} icon={<StepIcon failed={step.name === "failed"} />}>
            {texts.test.steps[step.name] ?? step.name}
          </List.Item>
        ))}
      </List>
      {failed !== undefined && (
        <Alert color="red" variant="light" title={textOf(failed, "message")}>
          {textOf(failed, "detail") !== "" && (
            <Text ff="monospace" size="sm" mb="xs">
              {textOf(failed, "detail")}
            </Text>
          )}
          {field === undefined ? (
            <Text>{textOf(failed, "fix")}</Text>
          ) : (
            <Text>
              {product?.name} › <b>{field}</b>: {textOf(failed, "fix")}
            </Text>
          )}
        </Alert>
      )}
      {test.identity?.email === null && (
        <Alert color="yellow" variant="light">
          {texts.test.noEmail(
            product?.name ?? "",
            fieldToChange(product?.id ?? "generic", "email_missing") ?? "email",
          )}
        </Alert>
      )}
      {test.identity !== null && (
        <section aria-label={texts.test.identity}>
          <Title order={3}>{texts.test.identity}</Title>
          <Table verticalSpacing="xs">
            <Table.Tbody>
              {Object.entries(test.identity).map(([name, value]) => (
                <Table.Tr key={name}>
                  <Table.Th>{name}</Table.Th>
                  <Table.Td ff="monospace">
                    {Array.isArray(value) ? value.join(", ") : String(value ?? "–")}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </section>
      )}
    </Stack>
  );
}

function StepIcon({ failed }: { readonly failed: boolean }) {
  return (
    <ThemeIcon size={20} radius="xl" variant="light" color={failed ? "red" : "green"}>
      {failed ? <IconX size={14} aria-hidden /> : <IconCheck size={14} aria-hidden />}
    </ThemeIcon>
  );
}

/** A text of a step's detail; empty where it has none. */
function textOf({ detail }: Step, key: string): string {
  const value =
    typeof detail === "object" && detail !== null
      ? Object.entries(detail).find(([name]) => name === key)?.[1]
      : "";
  return typeof value === "string" ? value : "";
}
