import type { Browser, BrowserContext, Page } from "playwright-core";
import { PERMISSIONS } from "../../apps/management/src/access/permissions.ts";
import type { TestGateway } from "../harness/gateway.ts";

export interface ConsoleOptions {
  readonly dark?: boolean;
  readonly phone?: boolean;
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
    locale: "en-GB",
    colorScheme: options.dark === true ? "dark" : "light",
    viewport: options.phone === true ? { width: 390, height: 844 } : { width: 1280, height: 800 },
    // A page that moves is not yet as it will be seen.
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  await standIn(context, gateway);
  if (options.signedIn !== false) {
    await signInToConsole(page, gateway);
  }
  await page.goto(`${gateway.url}/console${path}`);
  return page;
}

/** Signs a browser in to the console, as the operator with the root key. */
export async function signInToConsole(page: Page, gateway: TestGateway): Promise<void> {
  await page.context().addCookies([{ name: "console", value: "root", url: gateway.url }]);
}

/** Stands in for the gateway's sessions of the console. */
async function standIn(context: BrowserContext, gateway: TestGateway): Promise<void> {
  const signedIn = async () => (await context.cookies(gateway.url)).some(({ name }) => name === "console");
  await context.route("**/console/session", async (route) =>
    (await signedIn())
      ? route.fulfill({
          json: {
            actor: { type: "rootKey" },
            role: "operator",
            organization: null,
            organizations: [],
            permissions: PERMISSIONS,
            expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
          },
        })
      : route.fulfill({ status: 401, json: {} }),
  );
  await context.route("**/api/v1/**", async (route) => {
    const headers = route.request().headers();
    await route.continue({
      headers:
        (await signedIn()) && headers.authorization === undefined
          ? { ...headers, authorization: `Bearer ${gateway.rootKey}` }
          : headers,
    });
  });
}
