import "./hour-chart.css";
import { Group, Text } from "@mantine/core";
import { StateDot, type StateKind } from "../../../components/state-dot.tsx";
import { useLanguage } from "../../../texts/language.tsx";
import type { Hour } from "./hours.ts";

const WIDTH = 720;
const HEIGHT = 96;
const GAP = 4;

const COLOURS: Readonly<Record<StateKind, string>> = {
  good: "var(--mantine-color-green-6)",
  warning: "var(--mantine-color-yellow-6)",
  bad: "var(--mantine-color-red-6)",
  neutral: "var(--mantine-color-gray-5)",
};

interface HourChartProps<Outcome extends string> {
  readonly title: string;
  readonly hourLabel: string;
  readonly hours: readonly Hour<Outcome>[];
  /** From below to above. */
  readonly outcomes: readonly { readonly name: Outcome; readonly label: string; readonly kind: StateKind }[];
}

/** Counts by the hour as stacked bars; the same as a table, for who does not see them. */
export function HourChart<Outcome extends string>(props: HourChartProps<Outcome>) {
  const { title, hours, outcomes } = props;
  const { language } = useLanguage();
  const time = (at: number) =>
    new Date(at).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
  const of = ({ counts }: Hour<Outcome>, name: Outcome) => counts[name] ?? 0;
  const total = (hour: Hour<Outcome>) => outcomes.reduce((sum, { name }) => sum + of(hour, name), 0);
  const most = Math.max(1, ...hours.map(total));
  const step = WIDTH / hours.length;
  const [first] = hours;
  return (
    <figure className="hours">
      <svg className="hours-bars" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden>
        {hours.map((hour, index) => {
          let top = HEIGHT;
          return outcomes.map(({ name, kind }) => {
            const height = (of(hour, name) / most) * HEIGHT;
            top -= height;
            return height === 0 ? null : (
              <rect
                key={`${hour.at} ${name}`}
                x={index * step}
                y={top}
                width={step - GAP}
                height={height}
                fill={COLOURS[kind]}
              />
            );
          });
        })}
      </svg>
      <Group justify="space-between" aria-hidden>
        <Text size="xs" c="dimmed">
          {first === undefined ? "" : time(first.at)}
        </Text>
        <Group gap="md">
          {outcomes.map(({ name, label, kind }) => (
            <Text key={name} size="xs" component="span">
              <StateDot kind={kind}>
                {label} {hours.reduce((sum, hour) => sum + of(hour, name), 0)}
              </StateDot>
            </Text>
          ))}
        </Group>
      </Group>
      <table className="visually-hidden">
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">{props.hourLabel}</th>
            {outcomes.map(({ name, label }) => (
              <th key={name} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {hours
            .filter((hour) => total(hour) > 0)
            .map((hour) => (
              <tr key={hour.at}>
                <th scope="row">{time(hour.at)}</th>
                {outcomes.map(({ name }) => (
                  <td key={name}>{of(hour, name)}</td>
                ))}
              </tr>
            ))}
        </tbody>
      </table>
    </figure>
  );
}
