import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { redisIsInstalled, startTestRedis, type TestRedis } from "@sallyport/queue/testing";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchBrowser } from "../harness/browser.ts";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";
import { newPerson, readRefusal, readSession, signIn } from "./demo-app.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

const PUSHES = [
  {
    client: "okta",
    organization: "acme",
    first: ["Ann Archer", "ann@acme.example"],
    leaver: "cleo@acme.example",
  },
  {
    client: "entra",
    organization: "bravo",
    first: ["Dana Diaz", "dana@bravo.example"],
    leaver: "fay@bravo.example",
  },
] as const;

describe.each([
  { queues: "PostgreSQL", installed: true },
  { queues: "Redis", installed: redisIsInstalled() },
])("npm run demo:push, with queues in $queues", ({ queues, installed }) => {
  describe.runIf(installed)("and the demo app in a browser", () => {
    let redis: TestRedis | undefined;
    let gateway: TestGateway;
    beforeAll(async () => {
      redis = queues === "Redis" ? await startTestRedis() : undefined;
      gateway = await startTestGateway({ demo: true, ...(redis === undefined ? {} : { redis: redis.url }) });
    });
    afterAll(async () => {
      await gateway.stop();
      await redis?.stop();
    });

    it.each(PUSHES)(
      "$client: roles reach the token; a deactivation ends the session on screen and shuts the door until the next push",
      async ({ client, organization, first: [name, email], leaver }) => {
        const pushed = await demoPush(gateway, client);
        expect(pushed.code, pushed.output).toBe(0);
        expect(pushed.output).toMatch(/ 201 POST +\/Users/);
        expect(pushed.output).toContain(`Deactivation: ${leaver}`);
        expect(pushed.output).toMatch(new RegExp(`${email} +active +directory +admin, engineer, member`));
        expect(pushed.output).toMatch(new RegExp(`${leaver} +suspended`));
        expect(await memberOf(gateway, organization, email)).toMatchObject({
          status: "active",
          source: "directory",
          roles: ["admin", "engineer", "member"],
          groups: ["Administrators", "Engineering"],
        });

        const page = await newPerson(browser);
        await signIn(page, gateway, organization, name);
        const { identity, idTokenClaims, accessTokenClaims } = await readSession(page);
        for (const document of [identity, idTokenClaims, accessTokenClaims]) {
          expect(document).toMatchObject({
            org_slug: organization,
            roles: ["admin", "engineer", "member"],
            permissions: ["deployments:create", "repositories:write"],
            groups: ["Administrators", "Engineering"],
          });
        }

        const deactivated = await demoPush(gateway, client, "--deactivate", email);
        expect(deactivated.code, deactivated.output).toBe(0);
        await page.getByRole("heading", { name: "You were signed out" }).waitFor();
        expect(await page.getByRole("main").innerText()).toContain(email);

        await signIn(page, gateway, organization, name);
        const refusal = await readRefusal(page);
        expect(refusal.title).toBe("Your access is suspended");
        expect(gateway.logLines.some((line) => line.includes(refusal.requestId))).toBe(true);

        expect(await demoPush(gateway, client)).toMatchObject({ code: 0 });
        await signIn(page, gateway, organization, name);
        const again = await readSession(page);
        expect(again.identity).toMatchObject({ sub: identity.sub, roles: ["admin", "engineer", "member"] });
        expect(again.identity.sid).not.toBe(identity.sid);
      },
    );
  });
});

describe("npm run demo:push", () => {
  it("says how it is used, and what is missing", async () => {
    const wrong = await runPush({}, ["oktta"]);
    expect(wrong).toMatchObject({ code: 2, output: expect.stringContaining("Usage: npm run demo:push") });
    const absent = await runPush({ DATA_DIR: "/nowhere" }, ["okta"]);
    expect(absent).toMatchObject({ code: 1, output: expect.stringContaining("Run npm start") });
  });
});

interface Run {
  readonly code: number;
  readonly output: string;
}

function demoPush(gateway: TestGateway, ...args: readonly string[]): Promise<Run> {
  return runPush({ DATA_DIR: gateway.dataDir }, args);
}

/** What a newcomer types, typed. */
async function runPush(env: Readonly<Record<string, string>>, args: readonly string[]): Promise<Run> {
  const child = spawn("npm", ["run", "--silent", "demo:push", "--", ...args], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  return { code, output: output + errors };
}

async function memberOf(gateway: TestGateway, organization: string, email: string): Promise<unknown> {
  const { body } = await gateway.api("GET", `/organizations/${organization}/members?email=${email}`);
  return (body as { items: unknown[] }).items[0];
}
