import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rename, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as playwright } from "playwright-core";

// Its flags are for a function service, where one process is all there is, and where no site need fear another.
const UNWANTED = new Set([
  "--single-process",
  "--no-zygote",
  "--disable-web-security",
  "--allow-running-insecure-content",
]);

/** A real Chromium, out of the package registry. Start one per test file; every test opens contexts of its own. */
export async function launchBrowser(): Promise<Browser> {
  const home = await chromiumHome();
  return playwright.launch({
    executablePath: join(home, "chromium"),
    args: [...chromium.args.filter((flag) => !UNWANTED.has(flag)), "--no-sandbox"],
    env: { ...process.env, FONTCONFIG_FILE: join(home, FONTS_CONFIGURATION) },
  });
}

const FONTS_CONFIGURATION = "fonts.conf";
// Without a font no text counts as visible, and a bare machine has none: the package's own are used everywhere.
const fontsConfiguration = (home: string) => `<?xml version="1.0"?>
<fontconfig><dir>${home}/fonts</dir><cachedir>${home}/fonts-cache</cachedir></fontconfig>`;

const INFLATE = `import chromium from "@sparticuz/chromium"; await chromium.executablePath();`;

/**
 * The folder that holds the inflated Chromium. The package takes a file that another process is still writing for a
 * whole one, so each process inflates into a folder of its own, and the first to finish gives it its name.
 */
async function chromiumHome(): Promise<string> {
  // Keyed by what it is inflated from, so that another version of the package is not taken for this one.
  const entry = createRequire(import.meta.url).resolve("@sparticuz/chromium");
  const { size } = await stat(join(dirname(entry), "../../bin/chromium.br"));
  const home = join(tmpdir(), `sallyport-chromium-${process.getuid?.()}-${size}`);
  if (existsSync(home)) {
    return home;
  }
  const own = await mkdtemp(`${home}-`);
  await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", INFLATE], {
    cwd: import.meta.dirname,
    env: { ...process.env, TMPDIR: own },
  });
  await writeFile(join(own, FONTS_CONFIGURATION), fontsConfiguration(home));
  try {
    await rename(own, home);
  } catch (error) {
    await rm(own, { recursive: true });
    if (!existsSync(home)) {
      throw error;
    }
  }
  return home;
}
