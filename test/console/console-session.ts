import type { Browser, Page } from "playwright-core";
import type { TestGateway } from "../harness/gateway.ts";

export interface ConsoleOptions {
  readonly dark?: boolean;
  readonly phone?: boolean;
  readonly german?: boolean;
  /** Default: yes. */
  readonly signedIn?: boolean;
}

/** A page of the console in a browser of its own; `path` is below `/console`. */
export async function openConsole(
  browser: Browser,
  gateway: TestGateway,
  path = "",
  options: ConsoleOptions = {},
): Promise<Page> {
  const context = await browser.newContext({
    locale: options.german === true ? "de-DE" : "en-GB",
    colorScheme: options.dark === true ? "dark" : "light",
    viewport: options.phone === true ? { width: 390, height: 844 } : { width: 1280, height: 800 },
    // A page that moves is not yet as it will be seen.
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  if (options.signedIn !== false) {
    await signInToConsole(page, gateway);
  }
  await page.goto(`${gateway.url}/console${path}`);
  return page;
}

/** Signs a browser in to the console with the root key, as an operator. */
export async function signInToConsole(page: Page, gateway: TestGateway): Promise<void> {
  const answer = await page.context().request.post(`${gateway.url}/console/session`, {
    headers: {
      authorization: `Bearer ${gateway.rootKey}`,
      origin: gateway.url,
      "x-sallyport-console": "1",
    },
  });
  if (answer.status() !== 201) {
    throw new Error(`No session of the console: ${answer.status()} ${await answer.text()}`);
  }
}
