// npm run bench:console: how long each page of the console takes until it can be used, on much data. Nothing is asserted.
import type { Browser } from "playwright-core";
import setUpPostgres from "../../../packages/platform/database/src/testing/postgres-setup.ts";
import { openConsole } from "../../console/console-session.ts";
import { launchBrowser } from "../../harness/browser.ts";
import { startTestGateway, type TestGateway } from "../../harness/gateway.ts";
import { describeMachine } from "../world/machine.ts";
import { type MeasuredRoute, ROUTES } from "./routes.ts";
import { type Seeded, SIZES, seedCrowd } from "./seed.ts";

const TIMES = 3;

const say = (text: string) => void process.stdout.write(`${text}\n`);
const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

interface Measured {
  /** Of a browser that was on the start page only. */
  readonly firstMs: number;
  /** Of one that was on the page before. */
  readonly againMs: number;
  /** The slowest request to the management API. */
  readonly slowest: { readonly path: string; readonly ms: number };
}

async function measure(
  browser: Browser,
  gateway: TestGateway,
  seeded: Seeded,
  route: MeasuredRoute,
): Promise<Measured> {
  const first: number[] = [];
  const again: number[] = [];
  let slowest = { path: "", ms: 0 };
  for (let time = 0; time < TIMES; time++) {
    const page = await openConsole(browser, gateway, "");
    page.on("requestfinished", (request) => {
      const url = new URL(request.url());
      const { responseEnd, requestStart } = request.timing();
      const ms = responseEnd - requestStart;
      if (url.pathname.startsWith("/api/") && ms > slowest.ms) {
        slowest = { path: `${url.pathname.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "…")}${url.search}`, ms };
      }
    });
    for (const times of [first, again]) {
      const began = performance.now();
      await page.goto(`${gateway.url}/console${route.path(seeded)}`);
      await route.ready(page);
      times.push(performance.now() - began);
    }
    await page.context().close();
  }
  return { firstMs: median(first), againMs: median(again), slowest };
}

/** Charts over a month are shown nowhere yet, but whoever asks the API for them waits for this. */
async function measureMonth(gateway: TestGateway, { slug }: Seeded): Promise<number> {
  const from = new Date(Date.now() - 30 * 24 * 3_600_000).toISOString();
  const times: number[] = [];
  for (let time = 0; time < TIMES; time++) {
    const began = performance.now();
    await gateway.api("GET", `/organizations/${slug}/statistics?from=${from}`);
    times.push(performance.now() - began);
  }
  return median(times);
}

async function main(): Promise<void> {
  const stopPostgres = await setUpPostgres();
  const gateway = await startTestGateway({ env: { RATE_LIMITS: "off" } });
  const browser = await launchBrowser();
  try {
    say(
      `Filling: ${Object.entries(SIZES)
        .map(([name, size]) => `${size.toLocaleString("en")} ${name}`)
        .join(", ")}`,
    );
    const seeded = await seedCrowd(gateway);
    say(describeMachine());
    say(`${"page".padEnd(34)}${"first".padStart(9)}${"again".padStart(9)}  slowest request`);
    for (const route of ROUTES) {
      const { firstMs, againMs, slowest } = await measure(browser, gateway, seeded, route);
      const times = [firstMs, againMs].map((ms) => `${ms.toFixed(0)} ms`.padStart(9)).join("");
      say(`${route.name.padEnd(34)}${times}  ${slowest.ms.toFixed(0)} ms ${slowest.path}`);
    }
    say(
      `${"statistics of a month (API)".padEnd(34)}${`${(await measureMonth(gateway, seeded)).toFixed(0)} ms`.padStart(9)}`,
    );
  } finally {
    await browser.close();
    await gateway.stop();
    await stopPostgres();
  }
}

await main();
