// npm run screenshots [-- <part of a name>…], or -- --readme for those of the README
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import setUpPostgres from "../../packages/platform/database/src/testing/postgres-setup.ts";
import { openConsole } from "../console/console-session.ts";
import { launchBrowser } from "../harness/browser.ts";
import { startTestGateway } from "../harness/gateway.ts";
import { SHOTS, type Shot } from "./pages.ts";
import { seed, type World } from "./seed.ts";

const DOCS = fileURLToPath(new URL("../../docs/", import.meta.url));
const FOLDER = fileURLToPath(new URL("../../.screenshots/", import.meta.url));
const LOOKS = [
  { name: "light", options: {} },
  { name: "dark", options: { dark: true } },
  { name: "phone", options: { phone: true } },
  { name: "phone-dark", options: { phone: true, dark: true } },
  { name: "german", options: { german: true } },
] as const;

const say = (text: string) => void process.stdout.write(`${text}\n`);

async function take(browser: Browser, world: World, shot: Shot, forReadme: boolean): Promise<void> {
  // What is done before a picture is done by English names.
  const looks = LOOKS.filter(({ name }) => name !== "german" || shot.prepare === undefined);
  for (const look of forReadme ? looks.slice(0, 1) : looks) {
    const page = await openConsole(browser, world.gateway, "", {
      ...look.options,
      signedIn: shot.signedOut !== true,
    });
    try {
      await page.goto(world.gateway.url + shot.path(world));
      await page.getByRole("heading").first().waitFor();
      await shot.prepare?.(page, world);
      await page.waitForLoadState("networkidle");
      const path = forReadme ? `${DOCS}${shot.readme}.png` : `${FOLDER}${shot.name}.${look.name}.png`;
      await page.screenshot({ path, animations: "disabled" });
    } catch (error) {
      say(`✗ ${shot.name}, ${look.name}: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    } finally {
      await page.context().close();
    }
  }
  say(shot.name);
}

/** Writes the pages whose name holds one of `wanted`, or all, in both themes, for desktop and phone. */
async function main(wanted: readonly string[]): Promise<void> {
  const forReadme = wanted.includes("--readme");
  const shots = SHOTS.filter(({ name, readme }) =>
    forReadme ? readme !== undefined : wanted.length === 0 || wanted.some((part) => name.includes(part)),
  );
  await mkdir(FOLDER, { recursive: true });
  const stopPostgres = await setUpPostgres();
  const gateway = await startTestGateway({ demo: true });
  const browser = await launchBrowser();
  try {
    const world = await seed(gateway, browser);
    for (const shot of shots) {
      await take(browser, world, shot, forReadme);
    }
  } finally {
    await browser.close();
    await gateway.stop();
    await stopPostgres();
  }
  say(`Written to ${forReadme ? DOCS : FOLDER}`);
}

await main(process.argv.slice(2));
