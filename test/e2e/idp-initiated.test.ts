import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launchBrowser } from "../harness/browser.ts";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";
import { choosePerson, demoUrlOf, newPerson, readSession, signIn } from "./demo-app.ts";

let gateway: TestGateway;
let browser: Browser;
beforeAll(async () => {
  [gateway, browser] = await Promise.all([startTestGateway({ demo: true }), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await gateway.stop();
});

it("leads from the IdP's portal into the app, with one click there and none more", async () => {
  const page = await newPerson(browser);
  await page.goto(demoUrlOf(gateway));
  await page.getByRole("link", { name: "Start at Acme's own portal" }).click();
  await choosePerson(page, "Ann Archer");
  const { identity, idpMessage } = await readSession(page);
  expect(identity).toMatchObject({ email: "ann@acme.example", org_slug: "acme", connection_type: "saml" });
  expect(idpMessage).toContain("InResponseTo=");
  expect(page.url()).toBe(`${demoUrlOf(gateway)}/`);
});

it("makes whoever comes from there the one who is signed in, in place of a colleague", async () => {
  const page = await newPerson(browser);
  await signIn(page, gateway, "acme", "Ben Baker");
  await readSession(page);
  await page.goto(demoUrlOf(gateway));
  await page.context().clearCookies({ name: "demo_app" });
  await page.goto(demoUrlOf(gateway));
  await page.getByRole("link", { name: "Start at Acme's own portal" }).click();
  await choosePerson(page, "Cleo Cruz");
  expect((await readSession(page)).identity).toMatchObject({ email: "cleo@acme.example" });
});

it("is begun at the app by the gateway alone", async () => {
  for (const query of ["", "?iss=https://evil.example"]) {
    const answer = await fetch(`${demoUrlOf(gateway)}/initiate-login${query}`, { redirect: "manual" });
    expect([answer.status, answer.headers.get("location")]).toEqual([400, null]);
  }
});
