import { Alert, List, Stack, Table, Text, ThemeIcon, Title } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconX } from "@tabler/icons-react";
import type { Schemas } from "../api/client.ts";
import { fieldToChange } from "../guides/fields-to-change.ts";
import { useTexts } from "../texts/texts.tsx";
import { type Finding, failureOf, warningsOf } from "./findings.ts";
import { useProductName, useSetup } from "./setup-context.tsx";

/** How a test went, as a story: each step green or red, what came, and what to change at the IdP. */
export function TestResult({ test }: { readonly test: Schemas["TestLogin"] }) {
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
      {failure !== null && <FindingNote finding={failure} color="red" />}
      {warningsOf(test.steps).map((warning) => (
        <FindingNote key={warning.code} finding={warning} color="yellow" />
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

/** What was found, and where at the IdP to change it, in its own words. */
function FindingNote({ finding, color }: { readonly finding: Finding; readonly color: "red" | "yellow" }) {
  const { progress } = useSetup();
  const product = useProductName();
  const field = fieldToChange(progress.product ?? "generic", finding.code);
  return (
    <Alert
      color={color}
      variant="light"
      title={finding.message}
      icon={color === "red" ? <IconX size={20} aria-hidden /> : <IconAlertTriangle size={20} aria-hidden />}
    >
      {finding.detail !== undefined && (
        <Text ff="monospace" size="sm" mb="xs">
          {finding.detail}
        </Text>
      )}
      <Text>
        {field !== undefined && (
          <>
            {product} › <b>{field}</b>:{" "}
          </>
        )}
        {finding.fix}
      </Text>
    </Alert>
  );
}

function StepIcon({ failed }: { readonly failed: boolean }) {
  return (
    <ThemeIcon size={20} radius="xl" variant="light" color={failed ? "red" : "green"}>
      {failed ? <IconX size={14} aria-hidden /> : <IconCheck size={14} aria-hidden />}
    </ThemeIcon>
  );
}
