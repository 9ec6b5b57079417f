import { newId } from "@sallyport/database";
import { selfSignedCertificate } from "@sallyport/saml";
import { newRsaKey } from "@sallyport/saml/testing";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { launchBrowser } from "../harness/browser.ts";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";
import { violations } from "./accessibility.ts";
import { openConsole } from "./console-session.ts";

// How the organizations are, at a glance: in their list, and on the overview of each, which leads to what is to be done.

const DAY_MS = 24 * 3_600_000;
const created = z.object({ id: z.string() });

let gateway: TestGateway;
let browser: Browser;

beforeAll(async () => {
  gateway = await startTestGateway();
  browser = await launchBrowser();
  await troubled();
  await post("/organizations", { slug: "fresh", name: "Fresh Foods", domains: ["fresh.example"] });
});
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});

async function post(path: string, body: unknown): Promise<string> {
  const answer = await gateway.api("POST", path, body);
  expect(answer.status).toBe(201);
  return created.parse(answer.body).id;
}

/** Nobody can sign in, a certificate ends, a directory's change is held, and two people claim one address. */
async function troubled(): Promise<void> {
  const { prisma } = gateway.database;
  const organizationId = await post("/organizations", { slug: "troubled", name: "Troubled Waters" });
  const certificate = selfSignedCertificate({
    privateKey: newRsaKey(),
    commonName: "okta",
    notBefore: new Date("2020-01-01"),
    notAfter: new Date(Date.now() + 10.5 * DAY_MS),
  });
  const connectionId = await post("/organizations/troubled/connections", {
    type: "saml",
    name: "Okta",
    saml: {
      idpEntityId: "http://www.okta.example/troubled",
      ssoUrl: "https://okta.example/sso",
      certificates: [certificate],
    },
  });
  const attempt = { organizationId, connectionId, steps: [], outcome: "failure" };
  await prisma.loginRecord.createMany({
    data: [1, 2, 3].map(() => ({
      ...attempt,
      id: newId(),
      requestId: newId(),
      errorCode: "signature_invalid",
    })),
  });
  const directoryId = await post("/organizations/troubled/directories", { name: "Okta" });
  await prisma.heldChange.create({ data: { id: newId(), organizationId, directoryId } });
  const [one, other] = [newId(), newId()];
  await prisma.user.createMany({ data: [one, other].map((id) => ({ id, organizationId })) });
  const claim = { claim: "address:ann@troubled.example", source: "jit" } as const;
  await prisma.conflict.create({
    data: { id: newId(), organizationId, userId: one, otherUserId: other, ...claim },
  });
}

it("shows in the list what needs a look, and finds by a part of the name", async () => {
  const page = await openConsole(browser, gateway, "/organizations");
  await page
    .getByRole("row", { name: /Troubled Waters.*1 failing.*All 3 sign-ins.*failed.*and 3 more/ })
    .waitFor();
  await page.getByRole("row", { name: /Fresh Foods fresh.example None Never None Nothing/ }).waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Name, slug or domain" }).click();
  await page.getByRole("textbox", { name: "Name, slug or domain" }).fill("FRESH.ex");
  await page.keyboard.press("Enter");
  await page.getByRole("row", { name: /Troubled Waters/ }).waitFor({ state: "detached" });
  await page.getByRole("row", { name: /Fresh Foods/ }).waitFor();
  expect(new URL(page.url()).search).toBe("?search=FRESH.ex");
});

it.each([
  ["All 3 sign-ins by Okta failed in the last 24 hours", "Okta", /\/logins\?outcome=failure$/],
  ["A certificate of Okta ends in 10 days", "Okta", /\/connections\/[^/]+$/],
  ["1 change of a directory waits to be confirmed", "Groups & roles", /\/roles\/held-changes$/],
  ["1 conflict waits to be settled", "Directories", /\/directories\/conflicts$/],
])("leads from the overview to where it is done: %s", async (finding, heading, address) => {
  const page = await openConsole(browser, gateway, "/organizations/troubled");
  await page.getByRole("link", { name: finding }).click();
  await page.getByRole("heading", { level: 1, name: heading, exact: true }).waitFor();
  expect(page.url()).toMatch(address);
});

it.each([{ dark: true }, { phone: true }])("axe finds nothing (%j)", async (options) => {
  for (const [path, shown] of [
    ["/organizations", "Troubled Waters"],
    ["/organizations/troubled", "A certificate of Okta ends in 10 days"],
  ] as const) {
    const page = await openConsole(browser, gateway, path, options);
    await page.getByRole("main").getByRole("link", { name: shown }).waitFor();
    expect(await violations(page)).toEqual([]);
  }
});
