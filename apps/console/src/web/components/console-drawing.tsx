import type { GuideField } from "../guides/guide.ts";

const ROW = 52;
const WIDTH = 480;

/** A drawing of a page of the identity provider's console: its path, and each field with what goes in. */
export function ConsoleDrawing(props: {
  readonly path: readonly string[];
  readonly fields: readonly GuideField[];
  readonly label: string;
}) {
  const { path, fields } = props;
  const height = 64 + Math.max(fields.length, 1) * ROW;
  return (
    <svg className="drawing" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={props.label}>
      <rect width={WIDTH} height={height} fill="var(--mantine-color-body)" />
      <rect width={WIDTH} height="36" fill="var(--mantine-color-default-hover)" />
      {[16, 32, 48].map((x) => (
        <circle key={x} cx={x} cy="18" r="4" fill="var(--mantine-color-default-border)" />
      ))}
      <text x="68" y="22" fontSize="12" fill="var(--mantine-color-dimmed)">
        {path.slice(-2).join(" › ")}
      </text>
      {fields.map((field, index) => (
        <DrawnField key={field.label} field={field} y={56 + index * ROW} />
      ))}
    </svg>
  );
}

function DrawnField({ field, y }: { readonly field: GuideField; readonly y: number }) {
  const marked = field.value !== undefined || field.text !== undefined;
  return (
    <g>
      <text x="16" y={y} fontSize="12" fontWeight="600" fill="var(--mantine-color-text)">
        {field.label}
      </text>
      <rect
        x="16"
        y={y + 6}
        width={WIDTH - 32}
        height="24"
        rx="4"
        fill="none"
        strokeWidth={marked ? 2 : 1}
        stroke={marked ? "var(--mantine-primary-color-filled)" : "var(--mantine-color-default-border)"}
      />
      {field.text !== undefined && (
        <text x="26" y={y + 22} fontSize="12" fill="var(--mantine-color-text)">
          {field.text}
        </text>
      )}
    </g>
  );
}
