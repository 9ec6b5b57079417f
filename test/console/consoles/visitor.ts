import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { GuideField, ReadGuide } from "../portal-visitor.ts";

// An administrator at a simulated console, who does what the guide says, and nothing that it does not say.

/** Fills in the console as the guide says. Fails where the two have not the same fields. */
export async function typeIn(console: Page, guide: ReadGuide): Promise<void> {
  const names = await console
    .locator("[aria-label]")
    .evaluateAll((fields) => fields.map((field) => field.getAttribute("aria-label")));
  const entered = guide.fields.filter(({ value }) => value !== undefined);
  expect([...entered.map(({ label }) => label), ...guide.acts].toSorted()).toEqual(names.toSorted());
  for (const act of guide.acts) {
    await console.getByLabel(act, { exact: true }).check();
  }
  for (const field of entered) {
    await enter(console, field);
  }
  await saveConsole(console);
}

async function enter(console: Page, { label, value }: GuideField): Promise<void> {
  const field = console.getByLabel(label, { exact: true });
  if (value === "✓") {
    return field.check();
  }
  const text = value ?? "made-up-by-the-admin";
  if ((await field.evaluate((element) => element.tagName)) === "SELECT") {
    await field.selectOption(text);
  } else {
    await field.fill(text);
  }
}

export async function saveConsole(console: Page): Promise<void> {
  await console.getByRole("button", { name: "Save", exact: true }).click();
}

/** What the console shows once it is saved. */
export async function readShown(console: Page): Promise<Record<string, string>> {
  const names = await console.locator("dt").allInnerTexts();
  const values = await console.locator("dd").allInnerTexts();
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? ""]));
}

/** Fails where the guide would have something read that the console does not show, or leaves out what it shows. */
export function expectRead(guide: ReadGuide, shown: Readonly<Record<string, string>>): void {
  const read = guide.fields.filter(({ value }) => value === undefined).map(({ label }) => label);
  expect(read.toSorted()).toEqual(Object.keys(shown).toSorted());
}
