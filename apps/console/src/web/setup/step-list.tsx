import { NavLink } from "@mantine/core";
import { IconCircle, IconCircleCheck, IconCircleDot } from "@tabler/icons-react";
import { useTexts } from "../texts/texts.tsx";
import { useDoneSteps } from "./done-steps.ts";
import type { StepName } from "./steps.tsx";

/** Where one is: a list of the steps, each with its state in a word. */
export function StepList(props: {
  readonly steps: readonly StepName[];
  readonly current: StepName;
  onChoose(step: StepName): void;
}) {
  const texts = useTexts();
  const done = useDoneSteps();
  return (
    <nav aria-label={texts.page.steps}>
      <ol className="steps">
        {props.steps.map((step) => {
          const here = step === props.current;
          const Icon = here ? IconCircleDot : done[step] === true ? IconCircleCheck : IconCircle;
          const state = here ? texts.page.current : done[step] === true ? texts.page.done : "";
          return (
            <li key={step}>
              <NavLink
                component="button"
                active={here}
                aria-current={here ? "step" : undefined}
                label={texts.steps[step]}
                leftSection={<Icon size={20} aria-hidden />}
                rightSection={<span className="visually-hidden">{state}</span>}
                onClick={() => props.onChoose(step)}
              />
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
