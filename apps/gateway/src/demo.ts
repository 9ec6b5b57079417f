import type { Logger } from "@sallyport/logging";
import type { Configuration } from "./configuration.ts";
import { makeDataFolder } from "./data-folder.ts";
import type { Teardown } from "./teardown.ts";

export interface DemoPages {
  readonly appUrl: string;
  /** Where a customer's IdP admin sets sign-in up. */
  readonly setupUrl: string;
}

/**
 * Starts the demo IdP and the demo app on the two ports after the gateway's, or on free ones where the gateway took a
 * free one. Resolves to the demo app's URL, and that of a setup page.
 */
export async function startDemo(
  { configuration, gatewayUrl, log }: { configuration: Configuration; gatewayUrl: string; log: Logger },
  teardown: Teardown,
): Promise<DemoPages> {
  const { dataDir, port, rootKey } = configuration;
  makeDataFolder(dataDir);
  // Loaded where it runs only: production carries no code that signs people in without asking them.
  const { createDemo } = await import("@sallyport/demo");
  const demo = createDemo({
    gatewayUrl,
    rootKey,
    dataDir,
    appPort: port === 0 ? 0 : port + 1,
    idpPort: port === 0 ? 0 : port + 2,
    log,
  });
  teardown.add("demo", () => demo.stop());
  return demo.start();
}
