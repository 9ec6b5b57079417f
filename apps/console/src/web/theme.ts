import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

const accent: MantineColorsTuple = [
  "#eef3ff",
  "#dce4f5",
  "#b9c7e8",
  "#94a8db",
  "#748dd0",
  "#5f7cc9",
  "#3f60b5",
  "#3353a3",
  "#2a4792",
  "#1d3a80",
];

/** Greys with a little blue. */
const gray: MantineColorsTuple = [
  "#f8f9fb",
  "#f1f3f6",
  "#e6e9ee",
  "#dce0e6",
  "#c9ced6",
  "#aab1bc",
  "#858d99",
  "#5f6773",
  "#434a55",
  "#23272e",
];

/** From text to ground; what lies above the ground (7) is lighter (6, 5). */
const dark: MantineColorsTuple = [
  "#d5d9e0",
  "#b4bac4",
  "#9aa1ad",
  "#7c8491",
  "#3a404b",
  "#2b3039",
  "#22262e",
  "#16191f",
  "#111419",
  "#0c0e12",
];

/** Sizes and colours of the interface (one accent; green, amber and red only for state). */
export const theme = createTheme({
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "'Geist Mono Variable', ui-monospace, 'SF Mono', Menlo, Consolas, monospace",
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  headings: {
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "28px" },
      h2: { fontSize: "20px" },
      h3: { fontSize: "16px" },
      h4: { fontSize: "14px" },
    },
  },
  colors: { accent, gray, dark },
  primaryColor: "accent",
  primaryShade: { light: 7, dark: 6 },
  defaultRadius: 6,
  cursorType: "pointer",
  respectReducedMotion: true,
  focusRing: "auto",
  components: {
    // Labels above, help below.
    InputWrapper: { defaultProps: { inputWrapperOrder: ["label", "input", "description", "error"] } },
  },
});

/** Dimmed text as WCAG 2.2 AA wants it: a contrast of 4.5 in both themes, also on the light ground of hovered rows. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#5c636a",
    "--mantine-color-placeholder": "#6b7279",
    "--sidebar-ground": "var(--mantine-color-gray-0)",
    "--code-ground": "var(--mantine-color-gray-0)",
    "--current-ground": "var(--mantine-color-gray-2)",
    // Mantine's darkest green has 4.3 on white.
    "--good-text": "#217533",
    "--bad-text": "var(--mantine-color-red-9)",
  },
  dark: {
    "--mantine-color-dimmed": "#a6adb4",
    "--mantine-color-placeholder": "#8f969d",
    "--sidebar-ground": "var(--mantine-color-dark-8)",
    "--code-ground": "var(--mantine-color-dark-8)",
    "--current-ground": "var(--mantine-color-dark-5)",
    "--good-text": "var(--mantine-color-green-4)",
    "--bad-text": "var(--mantine-color-red-4)",
  },
});
