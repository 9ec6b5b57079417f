import { List, Stack, Table, ThemeIcon, Title } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import type { Schemas } from "../api/client.ts";
import { FindingNote } from "../components/finding-note.tsx";
import { failureOf, warningsOf } from "../components/findings.ts";
import { useTexts } from "../texts/texts.tsx";

interface TestResultProps {
  readonly test: Schemas["TestLogin"];
  /** The identity provider's product, as the guides have it, and what to call it. */
  readonly product: { readonly id: string; readonly name: string };
}

/** How a test went, as a story: each step green or red, what came, and what to change at the IdP. */
export function TestResult({ test, product }: TestResultProps) {
  const texts = useTexts();
  const failure = failureOf(test.steps);
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
      {failure !== null && <FindingNote finding={failure} color="red" product={product} />}
      {warningsOf(test.steps).map((warning) => (
        <FindingNote key={warning.code} finding={warning} color="yellow" product={product} />
      ))}
      {test.identity !== null && (
        <section aria-label={texts.test.identity}>
          <Title order={3}>{texts.test.identity}</Title>
          <Table verticalSpacing="xs">
            <Table.Tbody>
              {Object.entries(test.identity).map(([name, value]) => (
                <Table.Tr key={name}>
                  <Table.Th scope="row">{name}</Table.Th>
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
