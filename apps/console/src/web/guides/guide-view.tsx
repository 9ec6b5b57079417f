import { Alert, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { ConsoleDrawing } from "../components/console-drawing.tsx";
import { CopyValue } from "../components/copy-value.tsx";
import { useLanguage, useTexts } from "../texts/texts.tsx";
import type { Guide, GuideStep, OurValue } from "./guide.ts";
import { guideText } from "./texts/index.ts";

export type OurValues = Readonly<Partial<Record<OurValue, string>>>;

/** The steps of a guide: at the left what to do there, at the right our values for its fields. */
export function GuideView(props: {
  readonly guide: Guide;
  readonly name: string;
  readonly values: OurValues;
}) {
  const texts = useTexts();
  const { language } = useLanguage();
  const checked = new Date(props.guide.checked).toLocaleDateString(language, { dateStyle: "long" });
  return (
    <Stack gap={40}>
      {props.guide.steps.map((step, index) => (
        <StepView
          key={step.id}
          step={step}
          number={index + 1}
          name={`${props.name}.${step.id}`}
          values={props.values}
        />
      ))}
      <Text size="xs" c="dimmed">
        {texts.guide.checked(checked)}
      </Text>
    </Stack>
  );
}

function StepView(props: {
  readonly step: GuideStep;
  readonly number: number;
  readonly name: string;
  readonly values: OurValues;
}) {
  const texts = useTexts();
  const { language } = useLanguage();
  const { step, values } = props;
  const text = guideText(language, props.name);
  const path = step.path.join(" › ");
  return (
    <section className="columns" aria-label={text.title}>
      <Stack gap="sm">
        <Title order={2}>
          {props.number}. {text.title}
        </Title>
        {path !== "" && (
          <Text>
            {texts.guide.path}{" "}
            <Text span fw={600} data-path>
              {path}
            </Text>
          </Text>
        )}
        <Text>{text.body}</Text>
        {text.pitfalls?.map((pitfall) => (
          <Alert
            key={pitfall}
            color="yellow"
            variant="light"
            icon={<IconAlertTriangle size={20} aria-hidden />}
          >
            {texts.guide.pitfall}: {pitfall}
          </Alert>
        ))}
        {step.fields.length > 0 && (
          <ConsoleDrawing path={step.path} fields={step.fields} label={texts.guide.screen(path)} />
        )}
      </Stack>
      <Stack component="dl" gap="sm" m={0}>
        {step.fields.map((field) => {
          const value = field.value === undefined ? field.text : values[field.value];
          return (
            <div key={field.label}>
              <Text component="dt" fw={600} mb={4}>
                {field.label}
              </Text>
              <Text component="dd" m={0}>
                {value === undefined ? (
                  <Text span c="dimmed">
                    {field.free === true ? texts.guide.free : texts.guide.read}
                  </Text>
                ) : field.value === undefined ? (
                  <Text span ff="monospace">
                    {value}
                  </Text>
                ) : (
                  <CopyValue value={value} label={field.label} />
                )}
              </Text>
            </div>
          );
        })}
      </Stack>
    </section>
  );
}
