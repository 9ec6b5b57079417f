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

/** Sizes and colours of the interface (one accent; green, amber and red only for state). */
export const theme = createTheme({
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', Menlo, Consolas, monospace",
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  headings: {
    fontWeight: "600",
    sizes: { h1: { fontSize: "28px" }, h2: { fontSize: "20px" }, h3: { fontSize: "16px" } },
  },
  colors: { accent },
  primaryColor: "accent",
  primaryShade: { light: 7, dark: 6 },
  defaultRadius: 6,
  cursorType: "pointer",
  focusRing: "auto",
});

/** Dimmed text as WCAG 2.2 AA wants it: a contrast of 4.5 in both themes, also on the light ground of hovered rows. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: { "--mantine-color-dimmed": "#5c636a", "--mantine-color-placeholder": "#6b7279" },
  dark: { "--mantine-color-dimmed": "#a6adb4", "--mantine-color-placeholder": "#8f969d" },
});
