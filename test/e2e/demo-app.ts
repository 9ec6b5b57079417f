import type { Browser, Page } from "playwright-core";
import type { TestGateway } from "../harness/gateway.ts";

/** The first page's buttons, by the organization that they lead to. */
export const COMPANY_BUTTONS = { acme: "Acme (SAML)", bravo: "Bravo (OIDC)" } as const;

/** What the demo app shows of a signed-in person, parsed. */
export interface ShownSession {
  readonly identity: Readonly<Record<string, unknown>>;
  readonly idTokenClaims: Readonly<Record<string, unknown>>;
  readonly accessTokenClaims: Readonly<Record<string, unknown>>;
  /** The assertion or the upstream ID token, as text. */
  readonly idpMessage: string;
}

/** A page of a new person: no cookie of anybody else's. */
export async function newPerson(browser: Browser): Promise<Page> {
  const context = await browser.newContext();
  context.setDefaultTimeout(20_000);
  return context.newPage();
}

export function demoUrlOf(gateway: TestGateway): string {
  if (gateway.demoUrl === undefined) {
    throw new Error("This gateway was started without the demo");
  }
  return gateway.demoUrl;
}

/** From the demo app's first page to the demo IdP's, and there as `person`; ends wherever that leads. */
export async function signIn(
  page: Page,
  gateway: TestGateway,
  company: keyof typeof COMPANY_BUTTONS,
  person: string,
): Promise<void> {
  await page.goto(demoUrlOf(gateway));
  await page.getByRole("link", { name: COMPANY_BUTTONS[company] }).click();
  await choosePerson(page, person);
}

/** On the demo IdP's page. */
export async function choosePerson(page: Page, person: string): Promise<void> {
  await page.getByRole("button", { name: person }).click();
}

/** Waits for the page of somebody who is signed in, and reads it. */
export async function readSession(page: Page): Promise<ShownSession> {
  const text = (id: string) => page.locator(`pre#${id}`).innerText();
  return {
    identity: JSON.parse(await text("identity")),
    idTokenClaims: JSON.parse(await text("id-token")),
    accessTokenClaims: JSON.parse(await text("access-token")),
    idpMessage: await text("idp-message"),
  };
}

/** Waits for a page that refuses somebody, and reads it. */
export async function readRefusal(page: Page): Promise<{ title: string; text: string; requestId: string }> {
  const alert = page.getByRole("alert");
  return {
    title: await alert.getByRole("heading").innerText(),
    text: await alert.innerText(),
    requestId: await alert.locator("code").first().innerText(),
  };
}
