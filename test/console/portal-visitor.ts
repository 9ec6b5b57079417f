import type { Browser, BrowserContext, Page } from "playwright-core";
import { z } from "zod";
import { PRODUCTS } from "../../apps/console/src/web/guides/products.ts";
import { en } from "../../apps/console/src/web/texts/en.ts";
import type { TestGateway } from "../harness/gateway.ts";

/** What the page says of one field of the identity provider's console. */
export interface GuideField {
  readonly label: string;
  /** What goes in; null: as one likes; undefined: something is read there. */
  readonly value: string | null | undefined;
}

export interface ReadGuide {
  readonly fields: readonly GuideField[];
  /** Of each step without fields the last of the way there. */
  readonly acts: readonly string[];
}

const created = z.object({ id: z.string(), url: z.string() });

/** An organization of its own, and a link for its admin. */
export async function newSetupLink(gateway: TestGateway, slug: string, intents: readonly string[]) {
  await gateway.api("POST", "/organizations", { slug, name: "Customer" });
  const link = await gateway.api("POST", `/organizations/${slug}/setup-links`, { intents, name: "For Ann" });
  return { slug, ...created.parse(link.body) };
}

export async function newContext(
  browser: Browser,
  options: { readonly dark?: boolean; readonly phone?: boolean } = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({
    locale: "en-GB",
    colorScheme: options.dark === true ? "dark" : "light",
    viewport: options.phone === true ? { width: 390, height: 844 } : { width: 1280, height: 800 },
  });
  context.setDefaultTimeout(20_000);
  return context;
}

export async function openPage(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

/** Chooses a product, and the protocol where it offers two; then goes to the next step. */
export async function chooseProduct(page: Page, name: string, protocol?: string): Promise<void> {
  await page.getByRole("radio", { name, exact: true }).click();
  const product = PRODUCTS.find((each) => (each.name === "" ? en.provider.genericName : each.name) === name);
  if (protocol !== undefined && product?.saml !== undefined && product.oidc !== undefined) {
    await page.getByRole("radio", { name: protocol, exact: true }).click();
  }
  await page.getByRole("button", { name: "Next", exact: true, disabled: false }).click();
}

/** What the guide that is shown asks for. */
export async function readGuide(page: Page): Promise<ReadGuide> {
  await page.locator("section.columns").first().waitFor();
  const steps = await page.locator("section.columns").evaluateAll((sections) =>
    sections.map((section) => ({
      path: section.querySelector("[data-path]")?.textContent ?? "",
      fields: [...section.querySelectorAll("dl > div")].map((field) => ({
        label: field.querySelector("dt")?.textContent ?? "",
        value: field.querySelector("dd button span, dd span")?.textContent ?? "",
      })),
    })),
  );
  return {
    fields: steps
      .flatMap(({ fields }) => fields)
      .map(({ label, value }) => ({
        label,
        value: value === en.guide.free ? null : value === en.guide.read ? undefined : value,
      })),
    acts: steps.flatMap(({ fields, path }) =>
      fields.length > 0 || path === "" ? [] : (path.split(" › ").at(-1) ?? []),
    ),
  };
}

/** Starts the test of the connection, and has `signIn` end it in the window that opens. */
export async function testSignIn(
  page: Page,
  options: { readonly button?: string; signIn?(window: Page): Promise<void> } = {},
): Promise<void> {
  const [window] = await Promise.all([
    page.waitForEvent("popup"),
    page.getByRole("button", { name: options.button ?? "Test sign-in", exact: true }).click(),
  ]);
  await (options.signIn ?? signInAsAnn)(window);
  await window.close();
}

/** Signs in at the identity provider, and waits for what the gateway says of it. */
export async function signInAsAnn(window: Page): Promise<void> {
  await window.getByRole("button", { name: "Sign in as Ann" }).click();
  await window.getByRole("heading").first().waitFor();
}
